set local role ansinh_owner;

-- Targets: a plan says what is counted, when, and by whose decision; assignments carry the number
-- down. A row is seen by the tier key of its assignee and written by its giver.
create table indicator (
    code text primary key,
    kind text not null check (kind in ('stock', 'flow', 'ratio', 'money')),
    scheme text check (scheme in ('vsi', 'hhi')),
    enrolment_kind text check (enrolment_kind in ('new', 'renewal', 'return')),
    name_vi text not null,
    name_en text not null
);
insert into indicator values
    ('vsi_new', 'flow', 'vsi', 'new', 'Người tham gia BHXH tự nguyện tăng mới',
     'New participants of voluntary social insurance'),
    ('hhi_new', 'flow', 'hhi', 'new', 'Lượt tham gia BHYT hộ gia đình tăng mới',
     'New enrolments of household health insurance');

create table plan (
    id uuid primary key,
    indicator text not null references indicator,
    starts_on date not null,
    ends_on date not null check (ends_on >= starts_on),
    assigner text not null check (assigner in ('social_insurance', 'people_committee',
                                               'people_council')),
    decision_number text not null,
    decided_on date not null,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    constraint plan_once unique (giver_id, indicator, starts_on, ends_on, assigner),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);

-- An assignee is a unit, or a collector of it. The root of a plan has no parent.
create table assignment (
    id uuid primary key,
    plan_id uuid not null references plan,
    parent_id uuid references assignment,
    cut text not null check (cut in ('root', 'territory', 'organisation', 'staff')),
    assignee_kind text not null check (assignee_kind in ('unit', 'collector')),
    quantity bigint not null check (quantity >= 0),
    indicator text not null references indicator,
    starts_on date not null,
    ends_on date not null,
    assigner text not null,
    agency_id uuid,
    collector_id uuid,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    check ((assignee_kind = 'collector') = (collector_id is not null)),
    check ((parent_id is null) = (cut = 'root')),
    foreign key (collector_id, agency_id) references collector (id, agency_id),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
-- One number per assignee and division; indicator, period and assigner repeat those of the plan,
-- which lower tiers do not see.
create unique index assignment_once on assignment
    (plan_id, cut, unit_id, coalesce(collector_id, '00000000-0000-0000-0000-000000000000'));
create index assignment_parent on assignment (parent_id);

-- One division of an assignment: allocated + unallocated = quantity at every instant. The number
-- stands here again so that one check sees a split and an amendment at the same time.
create table cut_total (
    assignment_id uuid not null references assignment,
    cut text not null check (cut in ('territory', 'organisation', 'staff')),
    quantity bigint not null,
    allocated bigint not null default 0,
    holder_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    primary key (assignment_id, cut),
    constraint cut_within_quantity check (allocated between 0 and quantity),
    foreign key (holder_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);

create index plan_newest on plan (created_at desc, id desc) where province_id >= 0;
create index plan_province on plan (province_id, created_at desc, id desc);
create index plan_district on plan (district_id, created_at desc, id desc);
create index plan_commune on plan (commune_id, created_at desc, id desc);
create index assignment_newest on assignment (created_at desc, id desc) where province_id >= 0;
create index assignment_province on assignment (province_id, created_at desc, id desc);
create index assignment_district on assignment (district_id, created_at desc, id desc);
create index assignment_commune on assignment (commune_id, created_at desc, id desc);
create index assignment_agency on assignment (agency_id, created_at desc, id desc);
create index assignment_collector on assignment (collector_id, created_at desc, id desc);
create index assignment_held on assignment (unit_id, created_at desc, id desc)
 where assignee_kind = 'unit';
create index assignment_unit on assignment (unit_id, indicator, starts_on, ends_on);
-- A unit says its keys: without this the planner takes "held by the own unit" and "in the own slice"
-- for independent, expects no row, and sorts.
create statistics assignment_keys (dependencies)
    on unit_id, province_id, district_id, commune_id from assignment;

call wall_by_unit('plan');
call wall_by_unit('assignment');
call wall_by_agent('assignment');
call wall_by_unit('cut_total');

do $$
declare
    tier text;
    scoped text;
begin
    foreach tier in array array['nation', 'province', 'district', 'commune'] loop
        foreach scoped in array array['plan', 'assignment', 'cut_total'] loop
            execute format('create policy %1$s_insert on %2$s for insert to ansinh_%1$s '
                           'with check (giver_id = scope_id())', tier, scoped);
        end loop;
        -- the holder divides; the giver may change the number (amendments)
        execute format('create policy %1$s_update on cut_total for update to ansinh_%1$s '
                       'using (holder_id = scope_id() or giver_id = scope_id())', tier);
    end loop;
end $$;

grant select on indicator to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune, ansinh_agency, ansinh_collector;
grant select on plan to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant select on assignment to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_agency, ansinh_collector;
grant select on cut_total to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert on plan, assignment, cut_total to ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune;
grant update (allocated) on cut_total to ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune;
