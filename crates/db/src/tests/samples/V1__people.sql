insert into organisation (id, name, zone, settings, version, created_at) values (1, 'Loomcraft', 'Europe/London', '{}', 1, 10);
insert into person (id, name, name_key, handle, email, email_key, password_hash, role, state, zone, locale, about, version, created_at, deactivated_at) values
  ('p1', 'Ada Novak', 'ada novak', 'ada', 'ada@loomcraft.example', 'ada@loomcraft.example', null, 'administrator', 'active', 'Europe/London', 'en-GB', '', 1, 10, null),
  ('p2', 'Şule Øst', 'sule ost', 'sule', null, null, null, 'member', 'deactivated', 'Asia/Tokyo', 'ja-JP', 'Payments', 2, 11, 12);
insert into team (id, name, name_key, handle, purpose, version, created_at) values ('t1', 'Working group', 'working group', 'wg', 'Reviews', 1, 10);
insert into team_member (team_id, person_id, added_at) values ('t1', 'p1', 10);
insert into session (id, secret_hash, person_id, created_at, seen_at, expires_at, address, agent) values ('s1', 'hash', 'p1', 10, 10, 20, '127.0.0.1', 'a browser');
insert into sign_in_link (id, secret_hash, kind, person_id, email, role, team_id, created_by, created_at, expires_at, used_at, revoked_at) values ('l1', 'hash', 'invitation', null, 'new@loomcraft.example', 'member', 't1', 'p1', 10, 20, null, null);
insert into api_token (id, secret_hash, person_id, name, scope, created_at, expires_at, used_at, revoked_at) values ('a1', 'hash', 'p1', 'import', 'write', 10, 20, 15, null);
insert into template (id, review_kind, name, body, position, retired_at, version, created_at) values ('m1', 'architecture', 'Proposal', '# Problem', 1, null, 1, 10);
insert into prompt (id, review_kind, body, position, retired_at, version, created_at) values ('q1', 'architecture', 'Is it new and different?', 1, null, 1, 10);
