-- Small functions that the formats of answers share.

create or replace temp macro respondent_of(x) as
    coalesce(
        getvariable('respondent_meanings')[
            list_position(getvariable('respondent_words'), clean(x))
        ],
        case
            when
                lower(clean(x)) in (
                    'customer', 'client', 'buyer', 'клиент', 'покупатель', 'kunde', 'cliente',
                    'klient'
                )
                then 'customer'
            when
                lower(clean(x)) in (
                    'staff', 'employee', 'сотрудник', 'персонал', 'mitarbeiter', 'personale',
                    'dipendente', 'personal', 'empleado', 'employé', 'funcionário', 'pracownik'
                )
                then 'staff'
        end
    );

-- What identifies one of the staff identifies no customer, even where both are one person.
create or replace temp macro identifiers_of_respondent(identifiers, respondent) as
    case
        when respondent_of(respondent) = 'staff' then []
        else list_transform(identifiers, lambda i: {'type': i.type, 'value': clean(i.value)})
    end;

create or replace temp macro kind_of_answer(x) as
    case when lower(x) in ('nps', 'csat', 'ces') then lower(x) else x end;

create or replace temp macro is_nps_scale(low, high) as low in (0, 1) and high = 10;

create or replace temp macro score_fault(kind, x, score, low, high) as
    case
        when score not between low and high then fault('score', x, 'outside its scale')
        when kind_of_answer(kind) = 'nps' and score <> floor(score)
            then fault('score', x, 'not a whole number')
    end;
