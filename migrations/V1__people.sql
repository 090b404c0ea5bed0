create table organisation (
  id {int} primary key check (id = 1),
  name text not null,
  zone text not null,
  settings text not null,
  version {int} not null,
  created_at {int} not null
){strict};

-- `placeholder` people stand for authors who were imported and have no account.
create table person (
  id text primary key,
  name text not null,
  name_key text not null,
  handle text not null unique,
  email text,
  email_key text unique,
  password_hash text,
  role text not null check (role in ('member', 'facilitator', 'administrator')),
  state text not null check (state in ('active', 'deactivated', 'placeholder')),
  zone text not null,
  locale text not null,
  about text not null,
  version {int} not null,
  created_at {int} not null,
  deactivated_at {int}
){strict};
create index person_by_name on person (name_key, id);

create table team (
  id text primary key,
  name text not null,
  name_key text not null unique,
  handle text not null unique,
  purpose text not null,
  version {int} not null,
  created_at {int} not null
){strict};

create table team_member (
  team_id text not null references team (id),
  person_id text not null references person (id),
  added_at {int} not null,
  primary key (team_id, person_id)
){keyed};
create index team_member_by_person on team_member (person_id, team_id);

-- Sessions, invitations, sign-in links and API tokens keep a hash of their secret, never the secret.
create table session (
  id text primary key,
  secret_hash text not null unique,
  person_id text not null references person (id),
  created_at {int} not null,
  seen_at {int} not null,
  expires_at {int} not null,
  address text not null,
  agent text not null
){strict};
create index session_by_person on session (person_id, created_at);

create table sign_in_link (
  id text primary key,
  secret_hash text not null unique,
  kind text not null check (kind in ('setup', 'invitation', 'sign-in')),
  person_id text references person (id),
  email text,
  role text,
  team_id text references team (id),
  created_by text references person (id),
  created_at {int} not null,
  expires_at {int} not null,
  used_at {int},
  revoked_at {int}
){strict};
create index sign_in_link_by_creation on sign_in_link (created_at, id);

create table api_token (
  id text primary key,
  secret_hash text not null unique,
  person_id text not null references person (id),
  name text not null,
  scope text not null check (scope in ('read', 'write', 'admin', 'calendar')),
  created_at {int} not null,
  expires_at {int} not null,
  used_at {int},
  revoked_at {int}
){strict};
create index api_token_by_person on api_token (person_id, created_at);

create table template (
  id text primary key,
  review_kind text not null,
  name text not null,
  body text not null,
  position {int} not null,
  retired_at {int},
  version {int} not null,
  created_at {int} not null
){strict};

create table prompt (
  id text primary key,
  review_kind text not null,
  body text not null,
  position {int} not null,
  retired_at {int},
  version {int} not null,
  created_at {int} not null
){strict};
