set local role ansinh_owner;

-- Who a person may be for a scheme: the groups that law treats differently. Law, not code: with its
-- basis and its dates. `object_code` is the two letters on a health card; `payer_group` who pays, in
-- the order of the law. The groups of the first three payers are here so that a card can be read.
create table participant_group (
    scheme text not null check (scheme in ('vsi', 'hhi')),
    code text not null,
    position int not null,
    payer_group text references payer_group,
    object_code text check (object_code ~ '^[A-Z]{2}$'),
    name_vi text not null,
    name_en text not null,
    legal_basis text not null,
    valid_from date not null,
    valid_to date check (valid_to >= valid_from),
    verified boolean not null,
    primary key (scheme, code)
);
insert into participant_group
select 'vsi', g.code, g.position, null, null, g.name_vi, g.name_en, g.basis, g.valid_from::date, null, true
  from (values ('poor', 1, 'Hộ nghèo', 'Poor household', '2018-01-01',
                'Nghị định 134/2015/NĐ-CP Điều 14; Nghị định 159/2025/NĐ-CP Điều 5'),
               ('near_poor', 2, 'Hộ cận nghèo', 'Near-poor household', '2018-01-01',
                'Nghị định 134/2015/NĐ-CP Điều 14; Nghị định 159/2025/NĐ-CP Điều 5'),
               ('island', 3, 'Xã đảo, đặc khu', 'Island commune or special zone', '2025-07-01',
                'Nghị định 159/2025/NĐ-CP Điều 5'),
               ('ethnic_minority', 4, 'Người dân tộc thiểu số', 'Ethnic minority', '2025-07-01',
                'Nghị định 159/2025/NĐ-CP Điều 5'),
               ('other', 5, 'Người tham gia khác', 'Anybody else', '2018-01-01',
                'Nghị định 134/2015/NĐ-CP Điều 14; Nghị định 159/2025/NĐ-CP Điều 5'))
       g (code, position, name_vi, name_en, valid_from, basis);
-- Percentages and dates of these are in the sources; the letters come from public program code and are
-- to be compared with Decision 1351/QĐ-BHXH, those without are not known yet.
insert into participant_group
select 'hhi', g.code, 400 + g.position, 'subsidised', g.letters, g.name_vi, g.name_en, g.basis,
       g.valid_from::date, g.valid_to::date, false
  from (values ('near_poor_poor_commune', 1, 'CN', 'Người thuộc hộ cận nghèo ở xã nghèo',
                'Near-poor household of a poor commune', '2015-01-01', null,
                'Luật Bảo hiểm y tế Điều 12 khoản 4; Nghị định 188/2025/NĐ-CP Điều 6'),
               ('near_poor', 2, 'CN', 'Người thuộc hộ cận nghèo', 'Near-poor household', '2015-01-01', null,
                'Luật Bảo hiểm y tế Điều 12 khoản 4; Nghị định 188/2025/NĐ-CP Điều 6'),
               ('ethnic_minority_dropped', 3, null,
                'Người dân tộc thiểu số ở xã ra khỏi danh sách vùng khó khăn',
                'Ethnic minority of a commune that left the list of disadvantaged ones', '2023-11-01', null,
                'Nghị định 75/2023/NĐ-CP; Nghị định 188/2025/NĐ-CP Điều 6'),
               ('pupil', 4, 'HS', 'Học sinh', 'Pupil', '2015-01-01', null,
                'Luật Bảo hiểm y tế Điều 12 khoản 4'),
               ('student', 5, 'SV', 'Sinh viên', 'Student', '2015-01-01', null,
                'Luật Bảo hiểm y tế Điều 12 khoản 4'),
               ('village_health_worker', 6, null, 'Nhân viên y tế thôn, bản; cô đỡ thôn, bản',
                'Village health worker', '2025-07-01', null, 'Luật 51/2024/QH15; Nghị định 188/2025/NĐ-CP Điều 6'),
               ('village_staff', 7, null, 'Người hoạt động không chuyên trách ở thôn, tổ dân phố',
                'Non-professional village staff', '2025-07-01', null,
                'Luật 51/2024/QH15; Nghị định 188/2025/NĐ-CP Điều 6'),
               ('grassroots_security', 8, null,
                'Người tham gia lực lượng bảo vệ an ninh, trật tự ở cơ sở', 'Grassroots security force',
                '2025-07-01', null, 'Luật 51/2024/QH15; Nghị định 188/2025/NĐ-CP Điều 6'),
               ('artisan', 9, null, 'Nghệ nhân nhân dân, nghệ nhân ưu tú', 'Honoured artisan',
                '2025-07-01', null, 'Luật 51/2024/QH15; Nghị định 188/2025/NĐ-CP Điều 6'),
               ('trafficking_victim', 10, null, 'Nạn nhân của tội phạm mua bán người',
                'Victim of trafficking', '2025-07-01', null, 'Luật 51/2024/QH15; Nghị định 188/2025/NĐ-CP Điều 6'),
               ('average_standard_agri', 11, 'GB',
                'Người thuộc hộ làm nông, lâm, ngư, diêm nghiệp có mức sống trung bình',
                'Agricultural, forestry, fishery or salt-making household of average living standard',
                '2015-01-01', null, 'Luật Bảo hiểm y tế Điều 12 khoản 4'))
       g (code, position, letters, name_vi, name_en, valid_from, valid_to, basis)
union all
select 'hhi', 'household', 500, 'household', 'GD', 'Người tham gia theo hộ gia đình', 'Paid by the household',
       'Luật Bảo hiểm y tế Điều 12 khoản 5', '2015-01-01', null, false
union all
select 'hhi', coalesce(g.code, lower(g.letters)), g.position, g.payer, g.letters, g.name_vi, g.name_en,
       'Luật Bảo hiểm y tế Điều 12; Quyết định 1351/QĐ-BHXH', '2015-01-01', null, false
  from (values (null, 101, 'employer', 'DN', 'Người lao động trong doanh nghiệp', 'Employee of an enterprise'),
               (null, 102, 'employer', 'HX', 'Người lao động trong hợp tác xã', 'Member of a cooperative'),
               (null, 103, 'employer', 'CH', 'Người lao động trong cơ quan nhà nước',
                'Employee of a state body'),
               (null, 104, 'employer', 'NN', 'Người lao động trong tổ chức nước ngoài, quốc tế',
                'Employee of a foreign or international body'),
               (null, 105, 'employer', 'TK', 'Người lao động khác', 'Employee of another employer'),
               (null, 106, 'employer', 'HC', 'Cán bộ, công chức, viên chức', 'Civil servant'),
               (null, 107, 'employer', 'XK', 'Người hoạt động không chuyên trách ở xã',
                'Non-professional commune staff'),
               (null, 201, 'social_insurance', 'HT', 'Người hưởng lương hưu', 'Pensioner'),
               (null, 202, 'social_insurance', 'TB', 'Người hưởng trợ cấp tai nạn lao động',
                'Receives a work injury benefit'),
               (null, 203, 'social_insurance', 'NO', 'Người hưởng trợ cấp ốm đau dài ngày',
                'Receives a benefit for long illness'),
               (null, 204, 'social_insurance', 'CT', 'Người từ đủ 80 tuổi hưởng trợ cấp tuất',
                'Survivor of 80 years or more'),
               (null, 205, 'social_insurance', 'XB', 'Cán bộ xã đã nghỉ hưởng trợ cấp BHXH',
                'Former commune staff on a social insurance benefit'),
               (null, 206, 'social_insurance', 'TN', 'Người hưởng trợ cấp thất nghiệp',
                'Receives an unemployment benefit'),
               (null, 207, 'social_insurance', 'CS', 'Công nhân cao su hưởng trợ cấp', 'Former rubber worker'),
               (null, 301, 'budget', 'QN', 'Quân nhân', 'Soldier'),
               (null, 302, 'budget', 'CA', 'Công an', 'Police'),
               (null, 303, 'budget', 'CY', 'Người làm công tác cơ yếu', 'Cipher service'),
               (null, 304, 'budget', 'XN', 'Cán bộ xã đã nghỉ hưởng trợ cấp từ ngân sách',
                'Former commune staff on a budget benefit'),
               (null, 305, 'budget', 'MS', 'Người đã thôi hưởng trợ cấp mất sức lao động',
                'Former recipient of a disability benefit'),
               (null, 306, 'budget', 'CC', 'Người có công với cách mạng', 'Merit person of the first class'),
               (null, 307, 'budget', 'CK', 'Người có công khác', 'Other merit person'),
               (null, 308, 'budget', 'CB', 'Cựu chiến binh', 'Veteran'),
               (null, 309, 'budget', 'KC', 'Người tham gia kháng chiến', 'Resistance participant'),
               (null, 310, 'budget', 'HD', 'Đại biểu Quốc hội, Hội đồng nhân dân',
                'Deputy of the Assembly or a Council'),
               (null, 311, 'budget', 'TE', 'Trẻ em dưới 6 tuổi', 'Child under six'),
               (null, 312, 'budget', 'BT', 'Người hưởng trợ cấp bảo trợ xã hội', 'Social protection'),
               ('poor', 313, 'budget', 'HN', 'Người thuộc hộ nghèo', 'Poor household'),
               (null, 314, 'budget', 'DT', 'Người dân tộc thiểu số ở vùng khó khăn',
                'Ethnic minority of a difficult area'),
               (null, 315, 'budget', 'DK', 'Người ở vùng đặc biệt khó khăn',
                'Resident of an extremely difficult area'),
               (null, 316, 'budget', 'XD', 'Người ở xã đảo, huyện đảo', 'Resident of an island commune'),
               (null, 317, 'budget', 'TS', 'Thân nhân của liệt sĩ', 'Relative of a martyr'),
               (null, 318, 'budget', 'TC', 'Thân nhân của người có công', 'Relative of a merit person'),
               (null, 319, 'budget', 'TQ', 'Thân nhân của quân nhân', 'Relative of a soldier'),
               (null, 320, 'budget', 'TA', 'Thân nhân của công an', 'Relative of police'),
               (null, 321, 'budget', 'TY', 'Thân nhân của người làm cơ yếu',
                'Relative of the cipher service'),
               (null, 322, 'budget', 'HG', 'Người đã hiến bộ phận cơ thể', 'Organ donor'),
               (null, 323, 'budget', 'LS', 'Lưu học sinh nước ngoài', 'Foreign scholarship student'),
               (null, 324, 'budget', 'PV', 'Người phục vụ người có công', 'Carer of a merit person'))
       g (code, position, payer, letters, name_vi, name_en);
grant select on participant_group
   to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
      ansinh_collector;

-- --- Households -------------------------------------------------------------------------------------

create table household (
    id uuid primary key,
    code text constraint household_code_once unique check (code ~ '^\d{10}$'),
    hamlet_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    size int not null default 0,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    constraint household_of_hamlet unique (id, hamlet_id),
    constraint household_place unique (id, hamlet_id, province_id, district_id, commune_id),
    foreign key (hamlet_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index household_newest on household (created_at desc, id desc) where province_id >= 0;
create index household_province on household (province_id, created_at desc, id desc);
create index household_district on household (district_id, created_at desc, id desc);
create index household_commune on household (commune_id, created_at desc, id desc);
create index household_hamlet on household (hamlet_id, created_at desc, id desc);

-- Somebody belongs to one household and lives where it lives. A person without one has the hamlet alone.
alter table person
    add household_id uuid,
    add died_on date,
    add merged_into uuid references person,
    add constraint person_in_household foreign key (household_id, hamlet_id)
        references household (id, hamlet_id),
    add constraint death_after_birth check (died_on >= birth);
create index person_household on person (household_id) where household_id is not null;
create index person_merged on person (merged_into) where merged_into is not null;

-- Who belonged to which household, as what, and when; insert and end, never delete. An empty `valid` is
-- a membership that was taken back before it had a day.
create table household_member (
    id uuid primary key,
    household_id uuid not null,
    person_id uuid not null references person,
    relation text not null check (relation in ('head', 'spouse', 'child', 'parent', 'sibling',
                                               'grandchild', 'grandparent', 'in_law', 'other')),
    position int not null check (position between 1 and 99),
    valid daterange not null,
    ended_as text check (ended_as in ('changed', 'moved', 'left', 'died', 'split', 'merged')),
    hamlet_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    check (upper_inf(valid) = (ended_as is null)),
    constraint one_household_at_a_time exclude using gist (person_id with =, valid with &&),
    constraint one_head_at_a_time exclude using gist (household_id with =, valid with &&)
        where (relation = 'head'),
    foreign key (household_id, hamlet_id, province_id, district_id, commune_id)
        references household (id, hamlet_id, province_id, district_id, commune_id) on update cascade
);
create index household_member_of on household_member (household_id) where ended_as is not null;
create index household_member_in on household_member (household_id) where ended_as is null;
create index household_member_now on household_member (person_id) where ended_as is null;

call wall_by_unit('household');
call wall_by_unit('household_member');
do $$
declare
    scoped text;
    tier text;
begin
    foreach scoped in array array['household', 'household_member', 'person'] loop
        if scoped <> 'person' then
            execute format('create policy territory_select on %s for select '
                           'to ansinh_agency, ansinh_collector using (hamlet_id = any(territory()))',
                           scoped);
            execute format('create policy territory_insert on %s for insert '
                           'to ansinh_agency, ansinh_collector with check (hamlet_id = any(territory()))',
                           scoped);
            foreach tier in array array['district', 'commune'] loop
                execute format('create policy %1$s_insert on %2$s for insert to ansinh_%1$s '
                               'with check (%1$s_id = scope_id())', tier, scoped);
            end loop;
        end if;
        execute format('create policy territory_update on %s for update '
                       'to ansinh_agency, ansinh_collector using (hamlet_id = any(territory())) '
                       'with check (hamlet_id = any(territory()))', scoped);
        foreach tier in array array['district', 'commune'] loop
            execute format('create policy %1$s_update on %2$s for update to ansinh_%1$s '
                           'using (%1$s_id = scope_id()) with check (%1$s_id = scope_id())',
                           tier, scoped);
        end loop;
    end loop;
end $$;
grant select on household, household_member
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
      ansinh_collector;
grant insert (id, code, hamlet_id, province_id, district_id, commune_id, created_by),
      update (code, hamlet_id, province_id, district_id, commune_id, size, version)
   on household to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant insert (id, household_id, person_id, relation, position, valid, hamlet_id, province_id,
              district_id, commune_id, created_by),
      update (relation, position, valid, ended_as, version)
   on household_member to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant update (full_name, name_key, birth, birth_precision, sex, personal_id_number,
              social_insurance_number, phone, household_id, hamlet_id, province_id, district_id,
              commune_id, died_on, version)
   on person to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;

-- Foreign keys look past row security, so a member must be somebody whom the writer sees.
create function member_is_visible() returns trigger language plpgsql as $$
begin
    if not exists (select from public.person p where p.id = new.person_id) then
        raise foreign_key_violation using message = 'person outside the slice',
                                          constraint = 'member_is_visible';
    end if;
    return new;
end $$;
create trigger member_is_visible before insert on household_member
    for each row execute function member_is_visible();

-- A number says in which century and year its person was born, and the sex. Checked where it is
-- stored, because a correction may come with a part of the three.
create function number_fits(number text, birth date, sex text) returns boolean
    language sql immutable parallel safe
return extract(year from birth)
       = 1900 + substr(number, 4, 1)::int / 2 * 100 + substr(number, 5, 2)::int
       and (substr(number, 4, 1)::int % 2 = 1) = (sex = 'female');
grant execute on function number_fits(text, date, text)
   to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector, ansinh_gate;
alter table person
    add constraint number_fits check (number_fits(personal_id_number, birth, sex));

-- The functions below run with the rights and in the slice of whoever calls them.
--
-- Ends what somebody is in a household. A membership that began on that day or later has had no day.
create function membership_end(ended uuid, since date, why text) returns void
    language sql volatile as $$
    update household_member m
       set valid = case when lower(m.valid) < since then daterange(lower(m.valid), since)
                        else 'empty' end,
           ended_as = why, version = m.version + 1
     where m.id = ended
$$;

-- How many belong to a household now.
create function household_count(counted uuid) returns void language sql volatile as $$
    update household h
       set size = (select count(*) from household_member m
                    where m.household_id = h.id and m.ended_as is null),
           version = h.version + 1
     where h.id = counted
$$;

-- Somebody joins a household, moves over from another one, or becomes something else in the same. A new
-- head takes the place of the old one, who stays as an ordinary member.
create function household_join(joined uuid, who uuid, as_relation text, at_position int, since date)
    returns void language plpgsql volatile as $$
declare
    home household;
    was household_member;
    head household_member;
begin
    select h.* into home from household h where h.id = joined for update;
    if not found then
        return;
    end if;
    perform from person p
      where p.id = who and p.merged_into is null and p.died_on is null for update;
    if not found then
        raise foreign_key_violation using message = 'no such person', constraint = 'member_is_visible';
    end if;
    select m.* into was from household_member m where m.person_id = who and m.ended_as is null;
    perform membership_end(was.id, since,
                           case when was.household_id = joined then 'changed' else 'moved' end);
    if as_relation = 'head' then
        select m.* into head from household_member m
         where m.household_id = joined and m.relation = 'head' and m.ended_as is null
           and m.person_id <> who;
        if found then
            perform membership_end(head.id, since, 'changed');
            insert into household_member (id, household_id, person_id, relation, position, valid,
                                          hamlet_id, province_id, district_id, commune_id, created_by)
            values (uuid7(), joined, head.person_id, 'other', head.position, daterange(since, null),
                    home.hamlet_id, home.province_id, home.district_id, home.commune_id, caller_id());
        end if;
    end if;
    update person p
       set household_id = home.id, hamlet_id = home.hamlet_id, province_id = home.province_id,
           district_id = home.district_id, commune_id = home.commune_id, version = p.version + 1
     where p.id = who and (p.household_id, p.hamlet_id) is distinct from (home.id, home.hamlet_id);
    insert into household_member (id, household_id, person_id, relation, position, valid, hamlet_id,
                                  province_id, district_id, commune_id, created_by)
    values (uuid7(), joined, who, as_relation,
            coalesce(at_position, case when was.household_id = joined then was.position end,
                     case when as_relation = 'head' then 1 end,
                     (select 1 + coalesce(max(m.position), 1) from household_member m
                       where m.household_id = joined and m.ended_as is null)),
            daterange(since, null), home.hamlet_id, home.province_id, home.district_id,
            home.commune_id, caller_id());
    perform household_count(h) from unnest(array[joined, was.household_id]) h;
end $$;

-- Somebody leaves a household, or dies in it.
create function household_leave(home uuid, who uuid, since date, why text) returns boolean
    language plpgsql volatile as $$
declare
    was household_member;
begin
    select m.* into was from household_member m
     where m.household_id = home and m.person_id = who and m.ended_as is null;
    if not found then
        return false;
    end if;
    perform membership_end(was.id, since, why);
    update person p
       set household_id = null, died_on = case why when 'died' then since else p.died_on end,
           version = p.version + 1
     where p.id = who;
    perform household_count(home);
    return true;
end $$;

-- A new household in a hamlet, with the members that come along: [{person_id, relation, position}].
create function household_found(made uuid, with_code text, place int, members jsonb, since date)
    returns void language plpgsql volatile as $$
declare
    one jsonb;
begin
    insert into household (id, code, hamlet_id, province_id, district_id, commune_id, created_by)
    select made, with_code, u.id, u.province_id, u.district_id, u.commune_id, caller_id()
      from unit u
     where u.id = place and u.kind = 'hamlet' and u.valid_to is null;
    if not found then
        return;
    end if;
    for one in select m from jsonb_array_elements(members) with ordinality e (m, n) order by e.n loop
        perform household_join(made, (one->>'person_id')::uuid, one->>'relation',
                               (one->>'position')::int, since);
    end loop;
end $$;

-- Some members of a household found one of their own, in the same hamlet or in another.
create function household_split(from_home uuid, made uuid, with_code text, place int, members jsonb,
                                since date)
    returns void language plpgsql volatile as $$
declare
    gone uuid;
begin
    for gone in select (m->>'person_id')::uuid from jsonb_array_elements(members) m loop
        if not household_leave(from_home, gone, since, 'split') then
            raise foreign_key_violation using message = 'not a member', constraint = 'splits_off';
        end if;
    end loop;
    perform household_found(made, with_code,
                            coalesce(place, (select h.hamlet_id from household h where h.id = from_home)),
                            members, since);
end $$;

-- A household gets its number, or moves with all its members.
create function household_change(changed uuid, with_code text, place int, versions int[]) returns boolean
    language plpgsql volatile as $$
declare
    members uuid[];
begin
    perform from household h
      where h.id = changed and h.version = any(coalesce(versions, array[h.version])) for update;
    if not found then
        return false;
    end if;
    if place is not null then
        members := array(select p.id from person p where p.household_id = changed);
        update person p set household_id = null where p.id = any(members);
    end if;
    update household h
       set code = coalesce(with_code, h.code), hamlet_id = u.id, province_id = u.province_id,
           district_id = u.district_id, commune_id = u.commune_id, version = h.version + 1
      from unit u
     where h.id = changed and u.id = coalesce(place, h.hamlet_id)
       and (place is null or u.kind = 'hamlet' and u.valid_to is null);
    if not found then
        raise foreign_key_violation using message = 'no such hamlet', constraint = 'hamlet_is_open';
    end if;
    update person p
       set household_id = h.id, hamlet_id = h.hamlet_id, province_id = h.province_id,
           district_id = h.district_id, commune_id = h.commune_id, version = p.version + 1
      from household h
     where h.id = changed and p.id = any(members);
    return true;
end $$;
grant execute on function membership_end(uuid, date, text), household_count(uuid),
                          household_join(uuid, uuid, text, int, date),
                          household_leave(uuid, uuid, date, text),
                          household_found(uuid, text, int, jsonb, date),
                          household_split(uuid, uuid, text, int, jsonb, date),
                          household_change(uuid, text, int, int[])
   to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;

-- --- What is sensitive ------------------------------------------------------------------------------

-- Ethnicity and membership of the groups above, poverty among them: no slice reads these, whatever the
-- statement; the gate shows one person's to whoever may see the person.
create table person_sensitive (
    person_id uuid primary key references person,
    ethnicity text check (ethnicity ~ '^\d{2}$'),
    updated_at timestamptz not null default now(),
    updated_by uuid not null
);
create table entitlement (
    id uuid primary key,
    person_id uuid not null references person,
    group_code text not null,
    during daterange not null,
    decision_number text not null,
    decided_on date not null,
    issuer text not null,
    end_reason text,
    giver_id int not null references unit,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    constraint entitlement_once exclude using gist (person_id with =, group_code with =, during with &&)
);
alter table person_sensitive enable row level security;
alter table person_sensitive force row level security;
alter table entitlement enable row level security;
alter table entitlement force row level security;
create policy gate_all on person_sensitive to ansinh_gate using (true) with check (true);
create policy gate_all on entitlement to ansinh_gate using (true) with check (true);
grant select, insert, update on person_sensitive, entitlement to ansinh_gate;
revoke select on person from ansinh_gate;
grant select on person to ansinh_gate;
grant delete on person_identity to ansinh_gate;
create policy gate_select on household for select to ansinh_gate using (true);
create policy gate_select on household_member for select to ansinh_gate using (true);
grant select on household, household_member to ansinh_gate;

alter table audit drop constraint audit_action_check;
alter table audit add constraint audit_action_check
    check (action in ('person_get', 'person_search', 'identity_reveal', 'sensitive_reveal',
                      'household_get', 'person_merge', 'person_move', 'coverage_lookup'));

-- --- The gate ---------------------------------------------------------------------------------------

-- What is sensitive about one person of the caller's slice.
create function gate.sensitive_of(whose uuid) returns table (ethnicity text, entitlements json)
    language sql stable security definer set search_path = '' as $$
    select s.ethnicity,
           coalesce((select json_agg(json_build_object(
                                'id', e.id, 'group', e.group_code, 'from', lower(e.during),
                                'to', (upper(e.during) - 1), 'decision_number', e.decision_number,
                                'decided_on', e.decided_on, 'issuer', e.issuer, 'end_reason', e.end_reason,
                                'version', e.version)
                                order by lower(e.during) desc, e.id)
                       from public.entitlement e
                      where e.person_id = p.id and not isempty(e.during)), '[]')
      from public.person p
      left join public.person_sensitive s on s.person_id = p.id
     where p.id = whose
       and public.in_callers_slice(p.province_id, p.district_id, p.commune_id, p.hamlet_id)
$$;

create function gate.ethnicity_set(whose uuid, what text) returns void
    language sql volatile security definer set search_path = '' as $$
    insert into public.person_sensitive as s (person_id, ethnicity, updated_by)
    select p.id, what, public.caller_id()
      from public.person p
     where p.id = whose
       and public.in_callers_slice(p.province_id, p.district_id, p.commune_id, p.hamlet_id)
    on conflict (person_id) do update
       set ethnicity = excluded.ethnicity, updated_at = now(), updated_by = excluded.updated_by
$$;

-- A membership by a decision; false where there is no such person in the slice.
create function gate.entitlement_give(made uuid, whose uuid, as_group text, since date, until date,
                                      number text, decided date, by_issuer text)
    returns boolean language plpgsql volatile security definer set search_path = '' as $$
begin
    if not exists (select from public.participant_group g where g.code = as_group) then
        raise foreign_key_violation using message = 'no such group', constraint = 'group_is_known';
    end if;
    insert into public.entitlement (id, person_id, group_code, during, decision_number, decided_on,
                                    issuer, giver_id, created_by)
    select made, p.id, as_group, daterange(since, until, '[]'), number, decided, by_issuer,
           public.scope_id(), public.caller_id()
      from public.person p
     where p.id = whose and p.merged_into is null
       and public.in_callers_slice(p.province_id, p.district_id, p.commune_id, p.hamlet_id);
    return found;
end $$;

-- Ends a membership after a day, the last one that it has; before the first it has none.
create function gate.entitlement_end(ended uuid, until date, why text) returns boolean
    language sql volatile security definer set search_path = '' as $$
    update public.entitlement e
       set during = case when until < lower(e.during) then 'empty'
                         else daterange(lower(e.during), until, '[]') end,
           end_reason = why, version = e.version + 1
      from public.person p
     where e.id = ended and p.id = e.person_id and not isempty(e.during)
       and (upper_inf(e.during) or until < upper(e.during) - 1)
       and public.in_callers_slice(p.province_id, p.district_id, p.commune_id, p.hamlet_id)
    returning true
$$;

-- Whoever corrects a number gives the old one back. One that somebody else has undoes it all.
create function gate.identity_follow(whose uuid) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    p public.person;
begin
    select o.* into p from public.person o where o.id = whose;
    if not public.in_callers_slice(p.province_id, p.district_id, p.commune_id, p.hamlet_id) then
        return;
    end if;
    delete from public.person_identity i
     where i.person_id = p.id
       and i.number is distinct from case i.kind when 'personal_id_number' then p.personal_id_number
                                                 else p.social_insurance_number end;
    insert into public.person_identity (kind, number, person_id)
    select k, n, p.id
      from (values ('personal_id_number', p.personal_id_number),
                   ('social_insurance_number', p.social_insurance_number)) given (k, n)
     where n is not null
       and not exists (select from public.person_identity i where i.kind = k and i.person_id = p.id);
exception when unique_violation then
    raise unique_violation using message = 'somebody has the number', constraint = 'number_once';
end $$;

-- --- Search -----------------------------------------------------------------------------------------

-- LIKE and the like are not leakproof, so under row security they cannot use an index: the gate searches,
-- with the key of the caller's slice first. A district and whatever is smaller is read through, in an
-- index that has all that a search looks at, in the order of the pages. A province and the nation find
-- words in an index of words; the province's have its id in front.
drop index person_name;
drop index person_commune;
drop index person_hamlet;
create index person_district on person (district_id, name_key, id) include (phone)
 where merged_into is null and district_id <> 0;
create index person_commune on person (commune_id, name_key, id) include (phone)
 where merged_into is null;
create index person_hamlet on person (hamlet_id, name_key, id) include (phone)
 where merged_into is null;
create index person_phone on person (reverse(phone) text_pattern_ops)
 where phone is not null and merged_into is null;

create function name_words(province int, key text) returns tsvector
    language sql immutable parallel safe
return array_to_tsvector(array_remove(regexp_split_to_array(key, ' +'), '')
                         || regexp_split_to_array(province || ' ' || replace(key, ' ', ',' || province || ' '), ','));
grant execute on function name_words(int, text)
   to ansinh_gate, ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
create index person_words on person using gin (name_words(province_id, name_key))
  with (gin_pending_list_limit = 256) where merged_into is null;

-- The condition that says which people are the caller's; null when nobody's are.
create function gate.own_people() returns text language sql stable
return case current_setting('role')
       when 'ansinh_nation' then 'p.province_id >= 0'
       when 'ansinh_province' then format('p.province_id = %L', public.scope_id())
       when 'ansinh_district' then format('p.district_id = %L and p.district_id <> 0', public.scope_id())
       when 'ansinh_commune' then format('p.commune_id = %L', public.scope_id())
       when 'ansinh_agency' then format('p.hamlet_id = any(%L::int[])', public.territory())
       when 'ansinh_collector' then format('p.hamlet_id = any(%L::int[])', public.territory())
       end;

-- A page of the people of the caller's slice that fit a condition, by name. In a province or the nation,
-- whoever fits with more than five thousand others is not shown: the register is searched, not listed.
create function gate.people_that(fit text, after_key text, after_id uuid, wanted int)
    returns table (id uuid) language plpgsql stable rows 50 security definer
    set search_path = '' set enable_seqscan = off set work_mem = '32MB' as $$
declare
    most constant int := 5000;
    own constant text := gate.own_people();
    ids uuid[];
    keys text[];
begin
    if own is null or fit is null then
        return;
    end if;
    if current_setting('role') not in ('ansinh_nation', 'ansinh_province') then
        return query execute
            format('select p.id from public.person p where %s and p.merged_into is null and (%s) '
                   'and (p.name_key, p.id) > ($1, $2) order by p.name_key, p.id limit $3', own, fit)
            using after_key, after_id, wanted;
        return;
    end if;
    execute format('select array_agg(f.id), array_agg(f.name_key) from '
                   '(select p.id, p.name_key from public.person p '
                   'where %s and p.merged_into is null and (%s) limit %s) f', own, fit, most + 1)
       into ids, keys;
    if cardinality(ids) > most then
        raise 'more than % people', most using errcode = 'ANB01';
    end if;
    return query
    select f.id
      from unnest(ids, keys) f (id, key)
     where (f.key, f.id) > (after_key, after_id)
     order by f.key, f.id
     limit wanted;
end $$;

-- By name: the words, in any order; the last one may be the beginning of one.
create function gate.people_named(words text, only_heads boolean, after_key text, after_id uuid,
                                  wanted int)
    returns table (id uuid) language plpgsql stable rows 50 security definer set search_path = '' as $$
declare
    word constant text[] := regexp_split_to_array(words, ' +');
    place constant text := case when current_setting('role') = 'ansinh_province'
                                then public.scope_id() || ' ' else '' end;
    fit text;
begin
    if current_setting('role') in ('ansinh_nation', 'ansinh_province') then
        select format('public.name_words(p.province_id, p.name_key) @@ %L::tsquery',
                      string_agg(quote_literal(place || w)
                                 || case when n = cardinality(word) then ':*' else '' end, ' & '))
          into fit
          from unnest(word) with ordinality u (w, n);
    else
        select string_agg(format('('' '' || p.name_key || '' '') like %L',
                                 '% ' || w || case when n = cardinality(word) then '%' else ' %' end),
                          ' and ')
          into fit
          from unnest(word) with ordinality u (w, n);
    end if;
    if only_heads then
        fit := fit || ' and exists (select from public.household_member m where m.person_id = p.id '
                      'and m.ended_as is null and m.relation = ''head'')';
    end if;
    return query select f.id from gate.people_that(fit, after_key, after_id, wanted) f;
end $$;

-- By number: the whole of an identity number or of a household's, or the last digits of a phone.
create function gate.people_numbered(digits text, after_key text, after_id uuid, wanted int)
    returns table (id uuid) language plpgsql stable rows 50 security definer set search_path = '' as $$
declare
    tail constant text := regexp_replace(digits, '^(84|0)(?=\d{8})', '');
    known uuid[];
begin
    if digits !~ '^\d{4,20}$' then
        return;
    end if;
    known := array(select i.person_id from public.person_identity i
                    where i.kind in ('personal_id_number', 'social_insurance_number')
                      and i.number = digits
                   union all
                   select q.id
                     from public.household h
                     join public.person q on q.household_id = h.id
                    where h.code = digits);
    return query
    select f.id
      from gate.people_that(
               case when cardinality(known) > 0 then format('p.id = any(%L::uuid[])', known)
                    when current_setting('role') in ('ansinh_nation', 'ansinh_province')
                    then format('reverse(p.phone) like %L', reverse(tail) || '%')
                    else format('p.phone like %L', '%' || tail) end,
               after_key, after_id, wanted) f;
end $$;
grant execute on function gate.own_people(), gate.people_that(text, text, uuid, int) to ansinh_gate;
grant execute on function gate.people_named(text, boolean, text, uuid, int),
                          gate.people_numbered(text, text, uuid, int)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
      ansinh_collector;
grant execute on function gate.sensitive_of(uuid)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
      ansinh_collector;
grant execute on function gate.identity_follow(uuid), gate.ethnicity_set(uuid, text)
   to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant execute on function
      gate.entitlement_give(uuid, uuid, text, date, date, text, date, text),
      gate.entitlement_end(uuid, date, text)
   to ansinh_province, ansinh_district, ansinh_commune;
-- last, because only an owner may grant
alter function gate.sensitive_of(uuid) owner to ansinh_gate;
alter function gate.ethnicity_set(uuid, text) owner to ansinh_gate;
alter function gate.entitlement_give(uuid, uuid, text, date, date, text, date, text)
      owner to ansinh_gate;
alter function gate.entitlement_end(uuid, date, text) owner to ansinh_gate;
alter function gate.identity_follow(uuid) owner to ansinh_gate;
alter function gate.own_people() owner to ansinh_gate;
alter function gate.people_that(text, text, uuid, int) owner to ansinh_gate;
alter function gate.people_named(text, boolean, text, uuid, int) owner to ansinh_gate;
alter function gate.people_numbered(text, text, uuid, int) owner to ansinh_gate;
