set local role ansinh_owner;

-- What an organisation may collect and until when the money must be handed over: its contract with the
-- office. Both limits are the contract's, not the law's. Without a contract there is neither.
create table collection_contract (
    id uuid primary key,
    agency_id uuid not null references agency,
    number text not null,
    signed_on date not null,
    during daterange not null check (not isempty(during)),
    cash_limit bigint check (cash_limit > 0), -- VND that one holder may have in hand
    deadline_days smallint check (deadline_days between 0 and 31), -- working days after the receipt's …
    deadline_time time not null default '16:00', -- … and the hour of that day
    deadline_hours smallint check (deadline_hours between 1 and 720), -- or hours after the receipt
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    check (deadline_days is null or deadline_hours is null),
    constraint collection_contract_once exclude using gist (agency_id with =, during with &&),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index collection_contract_province on collection_contract (province_id, created_at desc, id desc);
create index collection_contract_district on collection_contract (district_id, created_at desc, id desc);
create index collection_contract_agency on collection_contract (agency_id, created_at desc, id desc);
call wall_by_unit('collection_contract');
create policy agency_select on collection_contract for select to ansinh_agency using (agency_id = scope_agent());
create policy collector_select on collection_contract for select to ansinh_collector using (false);
create policy province_insert on collection_contract for insert to ansinh_province
    with check (giver_id = scope_id() and province_id = scope_id());
create policy district_insert on collection_contract for insert to ansinh_district
    with check (giver_id = scope_id() and district_id = scope_id());
create policy province_update on collection_contract for update to ansinh_province
    using (giver_id = scope_id() and province_id = scope_id());
create policy district_update on collection_contract for update to ansinh_district
    using (giver_id = scope_id() and district_id = scope_id());
create policy gate_select on collection_contract for select to ansinh_gate using (true);
grant select on collection_contract to ansinh_gate, ansinh_province, ansinh_district, ansinh_agency, ansinh_collector;
grant insert (id, agency_id, number, signed_on, during, cash_limit, deadline_days, deadline_time,
              deadline_hours, unit_id, province_id, district_id, commune_id, giver_id, created_by),
      update (during, version)
   on collection_contract to ansinh_province, ansinh_district;

-- The working day that is so many after a day; 0 is the day itself or the next one.
create function working_day(day date, after int) returns date language sql stable
return (select d::date
          from generate_series(day::timestamp, day + 30 + 2 * after, interval '1 day') d
         where public.is_working_day(d::date)
         order by d
        offset after limit 1);

-- When money taken at this moment must be handed over. Taken after the hour, it is the next day's.
create function remit_by(c collection_contract, taken timestamptz) returns timestamptz language sql stable
return case
    when c.deadline_hours is not null then taken + make_interval(hours => c.deadline_hours)
    when c.deadline_days is not null then
        (working_day((taken at time zone 'Asia/Ho_Chi_Minh')::date
                     + ((taken at time zone 'Asia/Ho_Chi_Minh')::time > c.deadline_time
                        and c.deadline_days = 0)::int, c.deadline_days) + c.deadline_time)
        at time zone 'Asia/Ho_Chi_Minh'
    end;

-- A range of numbers of one series, given by an office to an organisation, and by that one in parts to its
-- collectors. Of each number it is known what became of it: a receipt, allotted, still free, or free when
-- the book was closed.
create table receipt_book (
    id uuid primary key,
    series text not null,
    first int not null check (first > 0),
    last int not null,
    next int not null,
    allotted int not null default 0, -- of those before the next: in books of collectors
    parent_id uuid references receipt_book,
    agency_id uuid not null references agency,
    collector_id uuid,
    closed_on date,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    check (first <= last and next between first and last + 1 and allotted between 0 and next - first),
    constraint receipt_book_once
        exclude using gist (series with =, int8range(first, last, '[]') with &&) where (parent_id is null),
    foreign key (collector_id, agency_id) references collector (id, agency_id),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index receipt_book_province on receipt_book (province_id, created_at desc, id desc);
create index receipt_book_district on receipt_book (district_id, created_at desc, id desc);
create index receipt_book_agency on receipt_book (agency_id, created_at desc, id desc);
create index receipt_book_collector on receipt_book (collector_id, created_at desc, id desc);
create index receipt_book_parent on receipt_book (parent_id);
create index receipt_book_open on receipt_book ((coalesce(collector_id, agency_id)), created_at, id)
    where closed_on is null;
call wall_by_unit('receipt_book');
call wall_by_agent('receipt_book');
create policy province_insert on receipt_book for insert to ansinh_province
    with check (giver_id = scope_id() and province_id = scope_id() and parent_id is null);
create policy district_insert on receipt_book for insert to ansinh_district
    with check (giver_id = scope_id() and district_id = scope_id() and parent_id is null);
create policy gate_all on receipt_book to ansinh_gate using (true) with check (true);
grant select, insert, update (next, allotted, closed_on, version) on receipt_book to ansinh_gate;
grant select on receipt_book to ansinh_province, ansinh_district, ansinh_agency, ansinh_collector;
grant insert (id, series, first, last, next, agency_id, collector_id, unit_id, province_id, district_id,
              commune_id, giver_id, created_by)
   on receipt_book to ansinh_province, ansinh_district;

-- The participants' money on its way: a declaration by whoever holds it, and what the office received.
create table remittance (
    id uuid primary key,
    holder_id uuid not null,
    agency_id uuid not null references agency,
    collector_id uuid,
    amount bigint not null check (amount > 0),
    receipts int not null,
    settled bigint not null, -- of it: differences of before
    method text not null check (method in ('bank_transfer', 'cash')),
    reference text,
    remitted_on date not null,
    due_at timestamptz,
    status text not null default 'declared' check (status in ('declared', 'reconciled')),
    received bigint check (received >= 0),
    received_on date,
    reason text,
    reconciled_by uuid,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    check ((status = 'reconciled') = (received is not null and received_on is not null)),
    constraint difference_has_reason check (received is null or received = amount or reason is not null),
    foreign key (collector_id, agency_id) references collector (id, agency_id),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index remittance_province on remittance (province_id, created_at desc, id desc);
create index remittance_district on remittance (district_id, created_at desc, id desc);
create index remittance_agency on remittance (agency_id, created_at desc, id desc);
create index remittance_collector on remittance (collector_id, created_at desc, id desc);
call wall_by_unit('remittance');
call wall_by_agent('remittance');
create policy gate_all on remittance to ansinh_gate using (true) with check (true);
grant select, insert, update (status, received, received_on, reason, reconciled_by, version)
   on remittance to ansinh_gate;
grant select on remittance to ansinh_province, ansinh_district, ansinh_agency, ansinh_collector;

-- A receipt is for the participants' money of one posting: a person's, or a household's several
-- enrolments. A reversal is a receipt of its own, with its own number and a negative amount, for one
-- enrolment that was taken back. `holder_id` is who has the money until a remittance takes it; what the
-- office pays back itself, out of money that was remitted, is in nobody's hand.
create table receipt (
    id uuid primary key,
    book_id uuid not null references receipt_book,
    series text not null,
    number int not null,
    amount bigint not null check (amount <> 0),
    payer text not null,
    enrolments int not null check (enrolments > 0),
    reverses uuid references receipt,
    enrolment_id uuid,
    reason text,
    agency_id uuid not null,
    collector_id uuid,
    holder_id uuid not null,
    remit_by timestamptz,
    remittance_id uuid references remittance,
    paid_by_office boolean not null default false,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    constraint receipt_number_once unique (book_id, number),
    constraint receipt_at unique (id, created_at),
    check ((amount < 0) = (reverses is not null) and (reverses is null) = (enrolment_id is null)),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index receipt_province on receipt (province_id, created_at desc, id desc);
create index receipt_district on receipt (district_id, created_at desc, id desc);
create index receipt_agency on receipt (agency_id, created_at desc, id desc);
create index receipt_collector on receipt (collector_id, created_at desc, id desc);
create index receipt_in_hand on receipt (holder_id, created_at desc, id desc)
    where remittance_id is null and not paid_by_office;
create index receipt_remittance on receipt (remittance_id) where remittance_id is not null;
create unique index receipt_reverses on receipt (reverses, enrolment_id) where reverses is not null;
call wall_by_unit('receipt');
call wall_by_agent('receipt');
create policy gate_all on receipt to ansinh_gate using (true) with check (true);
grant select, insert, update (holder_id, remittance_id) on receipt to ansinh_gate;
grant select on receipt to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
      ansinh_collector;

-- How the money came: in cash to whoever collects, with a receipt, or straight to the fund's account. Null
-- of what was posted before there were receipts, and of drafts. The receipt follows in the same
-- transaction: the key says so.
alter table enrolment
    add paid_by text check (paid_by in ('cash', 'transfer')),
    add receipt_id uuid,
    add constraint cash_has_receipt
        check (case when receipt_id is null then paid_by is distinct from 'cash' or amount = 0
                    else paid_by = 'cash' and amount > 0 and posted_at is not null end),
    add constraint receipt_of_posting foreign key (receipt_id, posted_at) references receipt (id, created_at)
        deferrable initially deferred;
create index enrolment_receipt on enrolment (receipt_id) where receipt_id is not null;
grant insert (paid_by, receipt_id) on enrolment to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant update (paid_by, receipt_id) on enrolment to ansinh_gate;

-- What a holder (a collector, or an organisation itself) has in hand, and of it what an office found
-- missing in remittances, or too much (negative).
create table cash_box (
    id uuid primary key, -- of the collector, or of the organisation
    agency_id uuid not null references agency,
    collector_id uuid,
    in_hand bigint not null default 0,
    difference bigint not null default 0,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    created_at timestamptz not null default now(),
    check (id = coalesce(collector_id, agency_id)),
    foreign key (collector_id, agency_id) references collector (id, agency_id),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index cash_box_province on cash_box (province_id, created_at desc, id desc);
create index cash_box_district on cash_box (district_id, created_at desc, id desc);
create index cash_box_agency on cash_box (agency_id, created_at desc, id desc);
create index cash_box_collector on cash_box (collector_id, created_at desc, id desc);
call wall_by_unit('cash_box');
call wall_by_agent('cash_box');
create policy gate_all on cash_box to ansinh_gate using (true) with check (true);
grant select, insert, update (in_hand, difference) on cash_box to ansinh_gate;
grant select on cash_box to ansinh_province, ansinh_district, ansinh_agency, ansinh_collector;

-- A collector leaves: money, receipts not yet remitted and numbers go to a colleague or the organisation.
create table cash_handover (
    id uuid primary key,
    agency_id uuid not null references agency,
    from_id uuid not null references cash_box,
    to_id uuid not null references cash_box,
    amount bigint not null,
    receipts int not null,
    reason text not null,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    check (from_id <> to_id),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
call wall_by_unit('cash_handover');
create policy agency_select on cash_handover for select to ansinh_agency using (agency_id = scope_agent());
create policy gate_all on cash_handover to ansinh_gate using (true) with check (true);
grant select, insert on cash_handover to ansinh_gate;
grant select on cash_handover to ansinh_province, ansinh_district, ansinh_agency;

-- Every movement of the money in hand, insert only: it adds up to cash_box.in_hand.
create table cash_entry (
    id uuid primary key,
    box_id uuid not null references cash_box,
    kind text not null check (kind in ('receipt', 'remittance', 'difference', 'office_refund', 'handover')),
    amount bigint not null,
    receipt_id uuid references receipt,
    remittance_id uuid references remittance,
    handover_id uuid references cash_handover,
    agency_id uuid not null,
    collector_id uuid,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    check (num_nonnulls(receipt_id, remittance_id, handover_id) = 1),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index cash_entry_box on cash_entry (box_id, created_at desc, id desc);
-- A box is one organisation's: without that, the planner expects next to no rows of both, and sorts.
create statistics cash_entry_of_box (dependencies) on box_id, agency_id, collector_id from cash_entry;
call wall_by_unit('cash_entry');
call wall_by_agent('cash_entry');
create policy gate_all on cash_entry to ansinh_gate using (true) with check (true);
grant select, insert on cash_entry to ansinh_gate;
grant select on cash_entry to ansinh_province, ansinh_district, ansinh_agency, ansinh_collector;

-- --- the gate ------------------------------------------------------------------------------------

-- Holds the box of a collector or an organisation until the end of the transaction, making it where there
-- is none.
create function gate.cash_open(whose uuid) returns void
    language plpgsql volatile security definer set search_path = '' as $$
begin
    perform from public.cash_box b where b.id = whose for update;
    if found then
        return;
    end if;
    insert into public.cash_box (id, agency_id, collector_id, unit_id, province_id, district_id, commune_id)
    select c.id, c.agency_id, c.id, c.unit_id, c.province_id, c.district_id, c.commune_id
      from public.collector c where c.id = whose
    union all
    select a.id, a.id, null, a.unit_id, a.province_id, a.district_id, a.commune_id
      from public.agency a where a.id = whose
    on conflict (id) do nothing;
    perform from public.cash_box b where b.id = whose for update;
end $$;

-- Moves money into or out of a box and says what is in hand then.
create function gate.cash_move(whose uuid, what text, money bigint, of_difference bigint, receipt uuid,
                               remittance uuid, handover uuid) returns bigint
    language plpgsql volatile security definer set search_path = '' as $$
declare
    b public.cash_box;
begin
    perform gate.cash_open(whose);
    update public.cash_box o
       set in_hand = o.in_hand + money, difference = o.difference + of_difference
     where o.id = whose
    returning * into strict b;
    insert into public.cash_entry (id, box_id, kind, amount, receipt_id, remittance_id, handover_id,
                                   agency_id, collector_id, unit_id, province_id, district_id, commune_id,
                                   created_by)
    values (public.uuid7(), b.id, what, money, receipt, remittance, handover, b.agency_id, b.collector_id,
            b.unit_id, b.province_id, b.district_id, b.commune_id, public.caller_id());
    return b.in_hand;
end $$;

-- Takes the next number of a holder's books, the oldest first, or of the book named if it has one. The
-- book is held until the end of the transaction, and a number that is not used after all is not taken:
-- so there are no gaps.
create function gate.receipt_number(whose uuid, named uuid, out book public.receipt_book, out number int)
    language plpgsql volatile security definer set search_path = '' as $$
begin
    select b.* into book
      from public.receipt_book b
     where coalesce(b.collector_id, b.agency_id) = whose and b.closed_on is null and b.next <= b.last
     order by b.id = named desc nulls last, b.created_at, b.id
     limit 1
       for update;
    if not found then
        raise 'no number left' using errcode = 'ANK01';
    end if;
    number := book.next;
    update public.receipt_book b set next = b.next + 1 where b.id = book.id;
end $$;

-- Writes the receipt that the caller, who collects, has named in what was posted in this transaction. The
-- first of the enrolments says where.
create function gate.receipt_issue(made uuid, named_payer text) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    holder constant uuid := public.scope_agent();
    e public.enrolment;
    n record;
    c public.collection_contract;
    money bigint;
    many int;
    in_hand bigint;
begin
    select sum(o.amount), count(*) into money, many
      from public.enrolment o
     where o.receipt_id = made and o.posted_at = now() and coalesce(o.collector_id, o.agency_id) = holder;
    if many = 0 then
        return;
    end if;
    perform gate.cash_open(holder); -- the box before the book, as everywhere
    select o.* into e from public.enrolment o where o.receipt_id = made order by o.id limit 1;
    select * into n from gate.receipt_number(holder, null);
    select o.* into c from public.collection_contract o
     where o.agency_id = e.agency_id and o.during @> public.business_date();
    insert into public.receipt (id, book_id, series, number, amount, payer, enrolments, agency_id,
                                collector_id, holder_id, remit_by, unit_id, province_id, district_id,
                                commune_id, created_by)
    values (made, (n.book).id, (n.book).series, n.number, money,
            coalesce(named_payer, (select p.full_name from public.person p where p.id = e.person_id)),
            many, e.agency_id, e.collector_id, holder, public.remit_by(c, now()), e.unit_id,
            e.province_id, e.district_id, e.commune_id, public.caller_id());
    in_hand := gate.cash_move(holder, 'receipt', money, 0, made, null, null);
    if in_hand > c.cash_limit then
        raise 'too much in hand' using errcode = 'ANK02';
    end if;
end $$;

-- Gives the money of an enrolment back: whoever holds it, or the office where it was remitted already.
create function gate.receipt_reverse(e public.enrolment, why text) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    r public.receipt;
    n record;
    made constant uuid := public.uuid7();
    holder uuid;
    by_office boolean;
begin
    select o.* into r from public.receipt o where o.id = e.receipt_id;
    holder := r.holder_id;
    perform gate.cash_open(holder);
    select o.* into r from public.receipt o where o.id = e.receipt_id for update;
    if r.holder_id <> holder then
        raise serialization_failure using message = 'handed over meanwhile';
    end if;
    by_office := r.remittance_id is not null;
    if by_office and current_setting('role') not in ('ansinh_province', 'ansinh_district') then
        raise 'remitted already' using errcode = 'ANK03';
    end if;
    begin
        select * into n from gate.receipt_number(coalesce(r.collector_id, r.agency_id), r.book_id);
    exception when sqlstate 'ANK01' then
        select * into n from gate.receipt_number(r.agency_id, null);
    end;
    insert into public.receipt (id, book_id, series, number, amount, payer, enrolments, reverses,
                                enrolment_id, reason, agency_id, collector_id, holder_id, remit_by,
                                paid_by_office, unit_id, province_id, district_id, commune_id, created_by)
    values (made, (n.book).id, (n.book).series, n.number, -e.amount, r.payer, 1, r.id, e.id, why,
            r.agency_id, r.collector_id, r.holder_id, r.remit_by, by_office, r.unit_id, r.province_id,
            r.district_id, r.commune_id, public.caller_id());
    perform gate.cash_move(r.holder_id, 'receipt', -e.amount, 0, made, null, null);
    if by_office then
        perform gate.cash_move(r.holder_id, 'office_refund', e.amount, 0, made, null, null);
    end if;
end $$;

-- What may become of an enrolment; money that goes back has its receipt.
set local role ansinh_gate;
do $$
declare
    known constant text :=
        pg_get_functiondef('gate.enrolment_decide(uuid,text,text,text)'::regprocedure);
    anchor constant text := 'perform gate.enrolment_take_back(e);';
begin
    if position(anchor in known) = 0 then
        raise 'gate.enrolment_decide is another one';
    end if;
    execute replace(known, anchor, anchor || '
        if e.receipt_id is not null then
            perform gate.receipt_reverse(e, why);
        end if;');
end $$;
set local role ansinh_owner;

-- A draft is paid when it is submitted.
drop function gate.enrolment_submit(uuid, date, bigint, bigint, text, smallint, bigint, smallint);
create function gate.enrolment_submit(draft uuid, paid date, paid_in_all bigint, paid_by_person bigint,
                                      of_group text, of_position smallint, of_income bigint,
                                      supported smallint, how text, receipt uuid) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    e constant public.enrolment := gate.enrolment_held(draft);
    t record;
begin
    if e.id is null then
        return;
    end if;
    if coalesce(e.collector_id, e.agency_id) is distinct from public.scope_agent() then
        raise insufficient_privilege using message = 'a draft of somebody else';
    end if;
    if e.status <> 'draft' then
        raise 'not from %', e.status using errcode = 'ANS01';
    end if;
    select * into t from gate.enrolment_terms(e.person_id, e.scheme, e.months, paid);
    if not found then
        return;
    end if;
    update public.enrolment o
       set status = 'submitted', posted_at = now(), paid_on = paid, kind = t.kind,
           starts_on = t.starts_on, ends_on = t.ends_on, first_in = t.first_in, holds = t.first_in,
           contribution = paid_in_all, amount = paid_by_person, group_code = of_group,
           position = of_position, income = of_income, support_months = supported, paid_by = how,
           receipt_id = receipt, version = o.version + 1
     where o.id = e.id;
    insert into public.enrolment_event (enrolment_id, n, from_status, to_status, created_by, agency_id,
                                        collector_id, unit_id, province_id, district_id, commune_id)
    values (e.id, e.version, 'draft', 'submitted', public.caller_id(), e.agency_id, e.collector_id,
            e.unit_id, e.province_id, e.district_id, e.commune_id);
end $$;

-- Whether whoever asks directs an organisation: it is the own one, or one of the office's units.
create function in_callers_network(agency_id uuid, province_id int, district_id int, commune_id int)
    returns boolean language sql stable
return case current_setting('role')
       when 'ansinh_agency' then agency_id = scope_agent()
       when 'ansinh_province' then province_id = scope_id()
       when 'ansinh_district' then district_id = scope_id()
       else false
       end;
grant execute on function in_callers_network(uuid, int, int, int) to ansinh_gate;

-- Gives the next numbers of an organisation's book to one of its collectors, as a book of their own.
create function gate.book_allot(made uuid, divided uuid, receiver uuid, many int) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    b public.receipt_book;
    c public.collector;
begin
    select o.* into b from public.receipt_book o where o.id = divided for update;
    if not found or not public.in_callers_network(b.agency_id, b.province_id, b.district_id, b.commune_id) then
        return;
    end if;
    select o.* into c from public.collector o where o.id = receiver and o.agency_id = b.agency_id;
    if not found then
        raise foreign_key_violation using message = 'no such collector', constraint = 'collector_is_near';
    end if;
    if b.collector_id is not null or b.closed_on is not null then
        raise 'not a book to allot from' using errcode = 'ANS01';
    end if;
    if b.next + many - 1 > b.last then
        raise check_violation using message = 'not so many left', constraint = 'numbers_left';
    end if;
    insert into public.receipt_book (id, series, first, last, next, parent_id, agency_id, collector_id,
                                     unit_id, province_id, district_id, commune_id, giver_id, created_by)
    values (made, b.series, b.next, b.next + many - 1, b.next, b.id, b.agency_id, c.id, c.unit_id,
            c.province_id, c.district_id, c.commune_id, b.giver_id, public.caller_id());
    update public.receipt_book o
       set next = b.next + many, allotted = b.allotted + many, version = o.version + 1
     where o.id = b.id;
end $$;

-- Its numbers that are left will not be used.
create function gate.book_close(closed uuid, versions int[]) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    b public.receipt_book;
begin
    select o.* into b from public.receipt_book o where o.id = closed for update;
    if not found or not public.in_callers_network(b.agency_id, b.province_id, b.district_id, b.commune_id)
       or versions is not null and b.version <> all (versions) then
        return;
    end if;
    if b.closed_on is not null then
        raise 'closed already' using errcode = 'ANS01';
    end if;
    update public.receipt_book o
       set closed_on = public.business_date(), version = o.version + 1
     where o.id = b.id;
end $$;

-- Whether the money of a box is the caller's to hand over: the own, or of a collector of the own
-- organisation.
create function in_callers_hand(b cash_box) returns boolean language sql stable
return case current_setting('role')
       when 'ansinh_agency' then b.agency_id = scope_agent()
       when 'ansinh_collector' then coalesce(b.collector_id = scope_agent(), false)
       else false
       end;
grant execute on function in_callers_hand(cash_box) to ansinh_gate;

-- Declares that money of these receipts, or of all in hand, was handed over; with `settles` what was
-- found missing before as well.
create function gate.remittance_declare(made uuid, whose uuid, named uuid[], settles boolean, how text,
                                        reference text, on_day date) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    b public.cash_box;
    found_rows int;
    money bigint;
    due timestamptz;
    debt bigint;
begin
    select o.* into b from public.cash_box o where o.id = whose for update;
    if not found or not public.in_callers_hand(b) then
        return;
    end if;
    debt := case when settles then b.difference else 0 end;
    select count(*), coalesce(sum(r.amount), 0) + debt, min(r.remit_by) into found_rows, money, due
      from public.receipt r
     where r.holder_id = whose and r.remittance_id is null and not r.paid_by_office
       and (named is null or r.id = any(named));
    if found_rows < cardinality(named) or money <= 0 then
        raise foreign_key_violation using message = 'not in hand', constraint = 'receipt_is_in_hand';
    end if;
    insert into public.remittance (id, holder_id, agency_id, collector_id, amount, receipts, settled,
                                   method, reference, remitted_on, due_at, unit_id, province_id,
                                   district_id, commune_id, created_by)
    values (made, b.id, b.agency_id, b.collector_id, money, found_rows, debt, how, reference, on_day, due,
            b.unit_id, b.province_id, b.district_id, b.commune_id, public.caller_id());
    update public.receipt r
       set remittance_id = made
     where r.holder_id = whose and r.remittance_id is null and not r.paid_by_office
       and (named is null or r.id = any(named));
    perform gate.cash_move(whose, 'remittance', -money, -debt, null, made, null);
end $$;

-- The office says what arrived. What is missing stays with the holder, what is too much is to their credit.
create function gate.remittance_reconcile(checked uuid, arrived bigint, on_day date, why text,
                                          versions int[]) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    r public.remittance;
begin
    select o.* into r from public.remittance o where o.id = checked for update;
    if not found or not public.in_callers_slice(r.province_id, r.district_id, r.commune_id, r.unit_id)
       or versions is not null and r.version <> all (versions) then
        return;
    end if;
    if r.status <> 'declared' then
        raise 'not from %', r.status using errcode = 'ANS01';
    end if;
    update public.remittance o
       set status = 'reconciled', received = arrived, received_on = on_day, reason = why,
           reconciled_by = public.caller_id(), version = o.version + 1
     where o.id = r.id;
    if arrived <> r.amount then
        perform gate.cash_move(r.holder_id, 'difference', r.amount - arrived, r.amount - arrived, null,
                               r.id, null);
    end if;
end $$;

-- Moves all that a collector has in hand to a colleague or to the organisation, and closes the books.
create function gate.cash_handover(made uuid, giver uuid, receiver uuid, why text) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    c public.collector;
    b public.cash_box;
    heir constant uuid := coalesce(receiver, (select o.agency_id from public.collector o where o.id = giver));
    many int;
begin
    select o.* into c from public.collector o where o.id = giver;
    if not found or not public.in_callers_network(c.agency_id, c.province_id, c.district_id, c.commune_id) then
        raise foreign_key_violation using message = 'no such collector', constraint = 'giver_is_near';
    end if;
    if receiver = giver or receiver is not null and not exists (
           select from public.collector o where o.id = receiver and o.agency_id = c.agency_id) then
        raise foreign_key_violation using message = 'no such collector', constraint = 'receiver_is_near';
    end if;
    -- boxes in the order of their ids, so that two handovers do not wait for each other
    perform gate.cash_open(least(giver, heir));
    perform gate.cash_open(greatest(giver, heir));
    select o.* into b from public.cash_box o where o.id = giver;
    update public.receipt r
       set holder_id = heir
     where r.holder_id = giver and r.remittance_id is null and not r.paid_by_office;
    get diagnostics many = row_count;
    insert into public.cash_handover (id, agency_id, from_id, to_id, amount, receipts, reason, unit_id,
                                      province_id, district_id, commune_id, created_by)
    values (made, c.agency_id, giver, heir, b.in_hand, many, why, c.unit_id, c.province_id, c.district_id,
            c.commune_id, public.caller_id());
    perform gate.cash_move(giver, 'handover', -b.in_hand, -b.difference, null, null, made);
    perform gate.cash_move(heir, 'handover', b.in_hand, b.difference, null, null, made);
    update public.receipt_book o
       set closed_on = public.business_date(), version = o.version + 1
     where o.collector_id = giver and o.closed_on is null;
end $$;

-- What the contract permits to have in hand; a collector does not see the contract.
create function gate.cash_limit(whose uuid) returns bigint
    language sql stable security definer set search_path = '' as $$
    select c.cash_limit
      from public.cash_box b
      join public.collection_contract c on c.agency_id = b.agency_id and c.during @> public.business_date()
     where b.id = whose
       and (public.in_callers_hand(b)
            or public.in_callers_network(b.agency_id, b.province_id, b.district_id, b.commune_id))
$$;

grant execute on function working_day(date, int), remit_by(collection_contract, timestamptz) to ansinh_gate;
grant execute on function gate.cash_open(uuid),
      gate.cash_move(uuid, text, bigint, bigint, uuid, uuid, uuid), gate.receipt_number(uuid, uuid),
      gate.receipt_reverse(enrolment, text) to ansinh_gate;
grant execute on function gate.enrolment_submit(uuid, date, bigint, bigint, text, smallint, bigint,
                                                smallint, text, uuid)
   to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant execute on function gate.receipt_issue(uuid, text),
      gate.remittance_declare(uuid, uuid, uuid[], boolean, text, text, date)
   to ansinh_agency, ansinh_collector;
grant execute on function gate.book_allot(uuid, uuid, uuid, int), gate.book_close(uuid, int[]),
      gate.cash_handover(uuid, uuid, uuid, text) to ansinh_province, ansinh_district, ansinh_agency;
grant execute on function gate.cash_limit(uuid)
   to ansinh_province, ansinh_district, ansinh_agency, ansinh_collector;
grant execute on function gate.remittance_reconcile(uuid, bigint, date, text, int[])
   to ansinh_province, ansinh_district;
alter function gate.cash_limit(uuid) owner to ansinh_gate;
alter function gate.cash_open(uuid) owner to ansinh_gate;
alter function gate.cash_move(uuid, text, bigint, bigint, uuid, uuid, uuid) owner to ansinh_gate;
alter function gate.receipt_number(uuid, uuid) owner to ansinh_gate;
alter function gate.receipt_issue(uuid, text) owner to ansinh_gate;
alter function gate.receipt_reverse(enrolment, text) owner to ansinh_gate;
alter function gate.enrolment_submit(uuid, date, bigint, bigint, text, smallint, bigint, smallint, text,
                                     uuid) owner to ansinh_gate;
alter function gate.book_allot(uuid, uuid, uuid, int) owner to ansinh_gate;
alter function gate.book_close(uuid, int[]) owner to ansinh_gate;
alter function gate.remittance_declare(uuid, uuid, uuid[], boolean, text, text, date)
    owner to ansinh_gate;
alter function gate.remittance_reconcile(uuid, bigint, date, text, int[]) owner to ansinh_gate;
alter function gate.cash_handover(uuid, uuid, uuid, text) owner to ansinh_gate;
