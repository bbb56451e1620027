"""Exports of shops, CRMs and call lists in the languages whose names of columns are known."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from journeyflow.check import FileReport, check_files
from journeyflow.check.names import PHRASES, name_score

PHONES = ("+34612345678", "+34687654321", "+34611222333")


def look(folder: Path, header: str, *rows: str, name: str = "log.csv") -> FileReport:
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    (report,) = check_files([path], folder, timezone="Europe/Madrid", currency="EUR")
    return report


def source(report: FileReport) -> dict[str, Any]:
    (found,) = tomllib.loads(report.settings_block)["sources"]
    return dict(found)


@pytest.mark.parametrize(
    ("header", "source_column", "source_role"),
    [
        ("Fecha;Hora;Evento;Teléfono;Importe;Origen;Ciudad;Motivo de pérdida;Nombre", "Origen",
         "channel"),
        ("Data;Hora;Evento;Telefone;Valor;Origem;Cidade;Motivo da perda;Nome", "Origem", "channel"),
        ("Date;Heure;Événement;Téléphone;Montant;Provenance;Ville;Motif de perte;Prénom",
         "Provenance", "channel"),
        ("Data;Godzina;Zdarzenie;Telefon;Kwota;Źródło;Miasto;Powód utraty;Imię", "Źródło",
         "channel"),
        ("Data;Ora;Azione;Telefono;Importo;Provenienza;Città;Motivo perdita;Nome", "Provenienza",
         "channel"),
        # Some systems drop the accents.
        ("FECHA;HORA;EVENTO;TELEFONO;IMPORTE;FUENTE;CIUDAD;MOTIVO DE PERDIDA;NOMBRE", "FUENTE",
         "channel"),
    ],
)  # fmt: skip
def test_what_happened_when_to_whom(
    tmp_path: Path, header: str, source_column: str, source_role: str
) -> None:
    rows = [
        f"{day:02}.10.2026;1{day}:05;{what};{PHONES[day % 3]};1 20{day},50;web;{place};{why};Ana"
        for day, (what, place, why) in enumerate(
            [("visita", "Lugo", "precio"), ("visita", "Vigo", ""), ("compra", "Lugo", "")] * 2,
            start=1,
        )
    ]
    rows.append(f"13.10.2026;11:00;visita;{PHONES[0]};5,00;ads;Lugo;;Ana")
    report = look(tmp_path, header, *rows)
    assert report.sound, (report.fault, report.questions)
    names = header.split(";")
    found = source(report)
    assert found["columns"] == {
        "occurred_at": names[:2], "kind": names[2], "value": names[4], source_role: source_column,
        "region": names[6], "loss_reason": names[7],
    }  # fmt: skip
    assert found["identifiers"] == {"phone": names[3]}
    assert names[8] in next(
        line for line in report.settings_block.splitlines() if line.startswith("# left out")
    )


@pytest.mark.parametrize(
    "header",
    [
        "Nº pedido;Fecha del pedido;Estado del pedido;Total del pedido;Código de cliente;Moneda",
        "Número do pedido;Data do pedido;Status do pedido;Valor total;Código do cliente;Moeda",
        "N° de commande;Date de commande;Statut;Montant TTC;Numéro de client;Devise",
        "Numero ordine;Data ordine;Stato ordine;Totale ordine;Codice cliente;Valuta",
        "Numer zamówienia;Data zamówienia;Status zamówienia;Wartość zamówienia;Nr klienta;Waluta",
    ],
)
def test_orders_of_a_shop(tmp_path: Path, header: str) -> None:
    rows = [f"A{n};2026-10-0{n} 10:00;paid;{n}0.50;C{n % 2};EUR" for n in range(1, 5)]
    report = look(tmp_path, header, *rows, name="export.csv")
    order, moment, status, total, customer, currency = header.split(";")
    assert source(report)["columns"] == {
        "order_id": order, "ordered_at": moment, "status": status, "total": total,
        "currency": currency,
    }  # fmt: skip
    assert source(report)["identifiers"] == {"customer_id": customer}


def test_an_italian_website(tmp_path: Path) -> None:
    header = (
        "Data evento;Ora;Azione;Utente;Pagina;Campagna;Dispositivo;Sorgente campagna;Prodotto;"
        "Importo"
    )
    rows = [
        f"1{n}/10/2026;10:0{n};{what};u{n % 3}a7;https://negozio.example/{n};{campaign};{device};"
        f"{channel};{product};{amount}"
        for n, (what, campaign, device, channel, product, amount) in enumerate(
            [
                ("visita", "autunno", "mobile", "Email", "Sedia", ""),
                ("visita", "saldi", "desktop", "Social", "Tavolo", ""),
                ("acquisto", "autunno", "mobile", "Email", "Sedia", "1.250,50"),
                ("acquisto", "", "desktop", "Social", "Tavolo", "99,90"),
            ]
            * 2,
            start=1,
        )
    ]
    report = look(tmp_path, header, *rows)
    assert report.sound, (report.fault, report.questions)
    names = header.split(";")
    assert source(report)["columns"] == {
        "occurred_at": names[:2], "kind": "Azione", "url": "Pagina", "utm_campaign": "Campagna",
        "device": "Dispositivo", "utm_source": "Sorgente campagna",
        "product": "Prodotto", "value": "Importo",
    }  # fmt: skip
    assert source(report)["identifiers"] == {"user_id": "Utente"}


@pytest.mark.parametrize(
    ("role", "name", "is_one"),
    [
        ("occurred_at", "Fecha de compra", True),
        ("occurred_at", "Fecha de nacimiento", False),
        ("occurred_at", "Data modyfikacji", False),
        ("occurred_at", "Date de création", True),
        ("value", "Montant de la remise", False),
        # A word that English has too stands where English puts it.
        ("value", "Total visits", False),
        ("id:customer_id", "client version", False),
        ("id:customer_id", "Ciudad del cliente", False),
        ("id:order_id", "Data zamówienia", False),
        ("occurred_at", "Data evento", True),
        ("occurred_at", "Data di nascita", False),
        ("occurred_at", "Data ultima modifica", False),
        ("value", "Importo sconto", False),
        ("id:order_id", "Totale ordine", False),
        ("id:customer_id", "Città cliente", False),
    ],
)
def test_the_main_word_says_what_a_thing_is(role: str, name: str, is_one: bool) -> None:
    assert (name_score(role, name) >= 2) is is_one


def test_every_name_says_its_role() -> None:
    missed = [
        (role, phrase.text)
        for role, phrases in PHRASES.items()
        for phrase in phrases
        if name_score(role, phrase.text) < 3
    ]
    assert missed == []
