-- Small functions that only the format orders uses.

-- What a shop's word for the state of an order means, as the settings say, else as shops mostly do.
create or replace temp macro order_state(x) as
    coalesce(
        getvariable('status_states')[list_position(getvariable('status_words'), clean(x))],
        case
            when
                lower(clean(x)) in (
                    'paid', 'completed', 'complete', 'fulfilled', 'shipped', 'delivered',
                    'оплачен', 'выполнен', 'доставлен', 'завершён', 'завершен'
                )
                then 'paid'
            when
                lower(clean(x)) in (
                    'open', 'new', 'pending', 'unpaid', 'on-hold', 'новый', 'ожидает оплаты'
                )
                then 'open'
            when
                lower(clean(x)) in (
                    'cancelled', 'canceled', 'voided', 'failed', 'отменён', 'отменен'
                )
                then 'cancelled'
            when lower(clean(x)) in ('refunded', 'returned', 'возврат', 'возвращён', 'возвращен')
                then 'refunded'
            when lower(clean(x)) = 'test' then 'test'
        end
    );
