set local role ansinh_owner;

-- What can be counted, in which unit, and which way is good. People (người) and transactions (lượt)
-- are different counts; a ratio is a percentage with two decimals, held in hundredths of a percent
-- (9225 is 92.25 %), because a target is a whole number.
alter table indicator
    add unit text check (unit in ('people', 'transactions', 'events', 'vnd', 'percent_hundredths')),
    add direction text not null default 'up' check (direction in ('up', 'down'));

update indicator set unit = 'people' where code = 'vsi_new';
update indicator set unit = 'transactions' where code = 'hhi_new';
insert into indicator (code, kind, scheme, enrolment_kind, unit, direction, name_vi, name_en) values
    ('vsi_participants', 'stock', 'vsi', null, 'people', 'up',
     'Người đang tham gia BHXH tự nguyện', 'Participants of voluntary social insurance'),
    ('vsi_renewals', 'flow', 'vsi', 'renewal', 'transactions', 'up',
     'Lượt tái tục BHXH tự nguyện', 'Renewals of voluntary social insurance'),
    ('vsi_returns', 'flow', 'vsi', 'return', 'people', 'up',
     'Người tham gia lại BHXH tự nguyện', 'People who returned to voluntary social insurance'),
    ('hhi_participants', 'stock', 'hhi', null, 'people', 'up',
     'Người đang tham gia BHYT hộ gia đình', 'Participants of household health insurance'),
    ('hhi_renewals', 'flow', 'hhi', 'renewal', 'transactions', 'up',
     'Lượt tái tục BHYT hộ gia đình', 'Renewals of household health insurance'),
    ('hhi_returns', 'flow', 'hhi', 'return', 'people', 'up',
     'Người tham gia lại BHYT hộ gia đình', 'People who returned to household health insurance'),
    ('health_coverage', 'ratio', null, null, 'percent_hundredths', 'up',
     'Tỷ lệ bao phủ BHYT', 'Health insurance coverage rate'),
    ('conferences', 'flow', null, null, 'events', 'up',
     'Hội nghị tuyên truyền, đối thoại', 'Outreach conferences'),
    ('collected', 'money', null, null, 'vnd', 'up',
     'Số tiền người tham gia đóng', 'Money collected from participants'),
    ('arrears', 'money', null, null, 'vnd', 'down',
     'Số tiền chậm đóng', 'Arrears');
alter table indicator alter unit set not null;
