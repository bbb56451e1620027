-- Small functions that the formats of call tracking share.

-- How a call ended, in one vocabulary for all vendors. `answered` is text as an export has it.
create or replace temp macro call_outcome(is_spam, is_message, answered, unanswered) as
    case
        when is_spam then 'spam'
        when is_message then 'voicemail'
        when boolean_of(answered) then 'answered'
        when not boolean_of(answered) then unanswered
        else 'unknown'
    end;

-- What UIS gives as the end of a lost call. That it was lost is told apart from that, so a reason
-- which is new or says nothing leaves it missed.
create or replace temp macro uis_unanswered(reason, direction) as
    case
        when list_contains([
            'operator_busy', 'employee_busy', 'employee_busy_after_call', 'operator_channels_busy',
            'max_in_call_reached', 'max_out_call_reached', 'subscriber_busy', 'caller_busy'
        ], reason)
            then 'busy'
        -- Of a call of the company these mean that the customer did not take it.
        when direction <> 'out' and list_contains([
            'subscriber_disconnects', 'caller_disconnects', 'disconnect_before_call_processing'
        ], reason)
            then 'abandoned'
        -- Nobody was ever rung: numbers, scenarios, rights, money or the net are at fault.
        when list_contains([
            'account_not_found', 'api_ip_now_allowed', 'api_permission_denied', 'app_is_inactive',
            'call_generator_is_not_configured', 'call_not_allowed_on_tp',
            'communication_unavailable', 'component_is_inactive', 'contract_not_found',
            'employee_not_exists', 'employee_without_phones', 'external_call_not_allowed',
            'external_call_not_allowed_by_status', 'fmc_is_disabled', 'fmc_is_locked',
            'group_without_phones', 'in_call_not_allowed', 'incorrect_config', 'internal_error',
            'internal_call_not_allowed', 'internal_call_not_allowed_by_status', 'limit_exceeded',
            'locked_numb', 'locked_phone', 'max_transition_count_exceeded', 'net_lock',
            'no_active_scenario', 'no_money', 'no_operation', 'no_resources', 'not_enough_money',
            'numb_is_inactive', 'numb_not_exists', 'operator_number_problems',
            'out_call_not_allowed', 'out_call_not_allowed_by_status',
            'phone_protocol_not_allowed_by_status', 'platform_not_found',
            'processing_method_not_found', 'scenario_not_found',
            'simple_forwarding_is_not_configured', 'sip_offline', 'sip_trunk_is_locked',
            'site_not_exists', 'sitephone_is_not_configured', 'subscriber_number_problems',
            'too_many_identical_incoming_calls'
        ], reason)
            then 'failed'
        else 'missed'
    end;

-- What takes no part in journeys, as a declared robot's visits do not.
create or replace temp macro agent_of(outcome) as case when outcome = 'spam' then '(robot)' end;

-- Numbers of Russia come without the sign that says they are international.
create or replace temp macro called_number(x) as regexp_replace(clean(x), '^7\d{10}$', '+\0');

-- Which advertisement's click brought the visit, by the page it began with.
create or replace temp macro landing_click(url) as
    case
        when url_value(url, 'gclid') is not null then 'gclid'
        when url_value(url, 'yclid') is not null then 'yclid'
    end;
