//! People and teams: who takes part. How somebody proves to be a person is the business of `auth`.

use crate::auth;
use crate::ctx::{Ctx, Role};
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{PersonId, TeamId};
use crate::page::{Conditions, Cursor, Listed, Page};
use crate::words;
use garde::Validate;
use hardwon_db::{Row, Tx, params};
use serde_json::json;

pub mod sql;
pub mod teams;

/// A person as far as showing them needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    pub id: PersonId,
    pub name: String,
    pub handle: String,
}

impl Face {
    /// From three columns (id, name, handle) that are null together, as after a left join.
    pub fn from_columns(row: &Row<'_>, at: usize) -> Result<Option<Self>, hardwon_db::Error> {
        let Some(id) = row.get(at)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            id,
            name: row.get(at + 1)?,
            handle: row.get(at + 2)?,
        }))
    }
}

words! {
    PersonState {
        Active = "active",
        Deactivated = "deactivated",
        /// The author of something imported, who has no account.
        Placeholder = "placeholder",
    }
}

/// What a person begins with.
#[derive(Debug, Clone, Validate)]
pub struct PersonForm {
    #[garde(custom(filled), length(chars, max = 200))]
    pub name: String,
    #[garde(inner(custom(is_email)))]
    pub email: Option<String>,
    #[garde(skip)]
    pub role: Role,
    #[garde(skip)]
    pub state: PersonState,
    /// An IANA zone.
    #[garde(custom(is_zone))]
    pub zone: String,
    #[garde(length(max = 35))]
    pub locale: String,
}

/// A check for forms: there is more than space in it.
pub(crate) fn filled(text: &str, (): &()) -> garde::Result {
    if text.trim().is_empty() {
        return Err(garde::Error::new("Please fill this in."));
    }
    Ok(())
}

/// A check for forms: the IANA database knows this zone.
pub(crate) fn is_zone(text: &str, (): &()) -> garde::Result {
    jiff::tz::TimeZone::get(text)
        .map(|_| ())
        .map_err(|_| garde::Error::new("Choose a time zone from the list."))
}

fn is_email(text: &str, (): &()) -> garde::Result {
    let text = text.trim();
    let looks_right = text.len() <= 254
        && !text.contains(char::is_whitespace)
        && text
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if looks_right {
        return Ok(());
    }
    Err(garde::Error::new(
        "This does not look like an e-mail address.",
    ))
}

/// Whether a text looks like an e-mail address, said of the field `email`.
pub fn check_email(text: &str) -> Result<()> {
    is_email(text, &()).map_err(|error| Error::invalid("email", error.message()))
}

/// Adds a person; their handle is made from the name. Who may do so is decided by whoever calls.
pub fn create(ctx: &Ctx, tx: &mut Tx<'_>, form: &PersonForm) -> Result<PersonId> {
    form.validate()?;
    let id: PersonId = ctx.id();
    let name = form.name.trim();
    let email = form.email.as_deref().map(str::trim);
    if let Some(email) = email {
        require_free_email(tx, email, None)?;
    }
    let handle = free_handle(tx, name)?;
    tx.execute(
        sql::INSERT,
        params![
            id,
            name,
            key(name),
            handle,
            email,
            email.map(key),
            form.role,
            form.state,
            form.zone,
            form.locale,
            ctx.at
        ],
    )?;
    event::record(
        ctx,
        tx,
        "person.created",
        &Thing::new("person", id),
        None,
        &json!({ "name": name }),
    )?;
    Ok(id)
}

/// A handle for mentions that nobody has yet: `ada-lovelace`, `ada-lovelace-2` …
pub(crate) fn free_handle(tx: &mut Tx<'_>, name: &str) -> Result<String> {
    let words: Vec<String> = key(name)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(ToOwned::to_owned)
        .collect();
    let base = if words.is_empty() {
        "person".to_owned()
    } else {
        words.join("-")
    };
    let taken = tx.query(
        sql::HANDLES_LIKE,
        params![base, format!("{base}-%")],
        |row| row.get::<String>(0),
    )?;
    let mut handle = base.clone();
    let mut number = 1;
    while taken.contains(&handle) {
        number += 1;
        handle = format!("{base}-{number}");
    }
    Ok(handle)
}

/// The form of a text under which it is compared and sorted: without case, accents and runs of space.
pub fn key(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let folded: String = text
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub fn face(tx: &mut Tx<'_>, id: PersonId) -> Result<Face> {
    tx.query_opt(sql::FACE, params![id], |row| {
        Ok(Face {
            id: row.get(0)?,
            name: row.get(1)?,
            handle: row.get(2)?,
        })
    })?
    .ok_or(Error::NotFound)
}

/// Whoever has this handle.
pub fn by_handle(tx: &mut Tx<'_>, handle: &str) -> Result<Option<PersonId>> {
    Ok(tx.query_opt(sql::BY_HANDLE, params![handle], |row| row.get(0))?)
}

fn require_free_email(tx: &mut Tx<'_>, email: &str, own: Option<PersonId>) -> Result<()> {
    let holder: Option<PersonId> =
        tx.query_opt(sql::EMAIL_HOLDER, params![key(email)], |row| row.get(0))?;
    if holder.is_some() && holder != own {
        return Err(Error::invalid(
            "email",
            "Somebody here already has this address; perhaps you have an account and can sign in.",
        ));
    }
    Ok(())
}

/// A person as their own page shows them.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    pub handle: String,
    pub email: Option<String>,
    pub role: Role,
    pub state: PersonState,
    pub zone: String,
    pub locale: String,
    pub about: String,
    pub version: i64,
    pub created_at: i64,
    pub deactivated_at: Option<i64>,
}

impl Person {
    fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            handle: row.get(2)?,
            email: row.get(3)?,
            role: row.get(4)?,
            state: row.get(5)?,
            zone: row.get(6)?,
            locale: row.get(7)?,
            about: row.get(8)?,
            version: row.get(9)?,
            created_at: row.get(10)?,
            deactivated_at: row.get(11)?,
        })
    }

    pub fn face(&self) -> Face {
        Face {
            id: self.id,
            name: self.name.clone(),
            handle: self.handle.clone(),
        }
    }
}

pub fn get(tx: &mut Tx<'_>, id: PersonId) -> Result<Person> {
    tx.query_opt(sql::BY_ID, params![id], Person::from_row)?
        .ok_or(Error::NotFound)
}

pub fn with_handle(tx: &mut Tx<'_>, handle: &str) -> Result<Person> {
    tx.query_opt(sql::WITH_HANDLE, params![handle], Person::from_row)?
        .ok_or(Error::NotFound)
}

/// The person whom an operator names: by handle or e-mail address.
pub fn named(tx: &mut Tx<'_>, text: &str) -> Result<Person> {
    let handle = text.trim().trim_start_matches('@').to_owned();
    tx.query_opt(sql::NAMED, params![handle, key(text)], Person::from_row)?
        .ok_or(Error::NotFound)
}

/// What a list of people is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Words that the name, handle or (for administrators) the address begins with or holds.
    pub search: Option<String>,
    /// `None`: everybody with an account that is active.
    pub state: Option<PersonState>,
    pub team: Option<TeamId>,
}

/// People by name. Nothing is counted about them.
pub fn list(ctx: &Ctx, tx: &mut Tx<'_>, filter: &Filter, page: &Page) -> Result<Listed<Person>> {
    if ctx.actor == crate::Actor::Anonymous {
        return Err(Error::SignInNeeded);
    }
    let mut conditions = Conditions::default();
    conditions.and(
        "p.state = $$",
        &[&filter.state.unwrap_or(PersonState::Active)],
    );
    if let Some(team) = filter.team {
        conditions.and(
            "p.id in (select m.person_id from team_member m where m.team_id = $$)",
            &[&team],
        );
    }
    for word in filter
        .search
        .as_deref()
        .map(key)
        .unwrap_or_default()
        .split_whitespace()
    {
        let pattern = crate::page::holding(word);
        conditions.and(
            "(p.name_key like $$ escape '\\' or p.handle like $$ escape '\\')",
            &[&pattern, &pattern],
        );
    }
    if let Some(after) = &page.after {
        let name: Option<String> =
            tx.query_opt(sql::NAME_KEY, params![after.id], |row| row.get(0))?;
        let name = name.unwrap_or_default();
        conditions.and("(p.name_key, p.id) > ($$, $$)", &[&name, &after.id]);
    }
    let limit = conditions.bind(&page.fetch());
    let text = format!(
        "{} {} order by p.name_key, p.id limit {limit}",
        sql::LIST_COLUMNS,
        conditions.text()
    );
    let found = tx.query(&text, &conditions.params(), Person::from_row)?;
    Ok(page.cut(found, |person| Cursor::new(0, person.id)))
}

/// What people say about themselves.
#[derive(Debug, Clone, Validate)]
pub struct ProfileForm {
    #[garde(custom(filled), length(chars, max = 200))]
    pub name: String,
    #[garde(custom(is_zone))]
    pub zone: String,
    #[garde(length(max = 35))]
    pub locale: String,
    #[garde(length(chars, max = 4000))]
    pub about: String,
    /// The version that the form was filled in from.
    #[garde(skip)]
    pub version: i64,
}

/// Changes a profile: one's own, or anybody's as an administrator.
pub fn change_profile(ctx: &Ctx, tx: &mut Tx<'_>, id: PersonId, form: &ProfileForm) -> Result<()> {
    if ctx.person() != Some(id) {
        ctx.require(Role::Administrator)?;
    }
    form.validate()?;
    let before = get(tx, id)?;
    if before.version != form.version {
        return Err(Error::conflict(
            "This profile was changed somewhere else in the meantime. Your version is below; save again to keep it.",
        ));
    }
    let name = form.name.trim();
    tx.execute(
        sql::CHANGE_PROFILE,
        params![id, name, key(name), form.zone, form.locale, form.about],
    )?;
    let changed: Vec<&str> = [
        ("name", before.name != name),
        ("zone", before.zone != form.zone),
        ("locale", before.locale != form.locale),
        ("about", before.about != form.about),
    ]
    .into_iter()
    .filter_map(|(field, is)| is.then_some(field))
    .collect();
    event::record(
        ctx,
        tx,
        "person.changed",
        &Thing::new("person", id),
        None,
        &json!({ "name": name, "fields": changed }),
    )
}

/// Gives a person another role. One active administrator always remains.
pub fn set_role(ctx: &Ctx, tx: &mut Tx<'_>, id: PersonId, role: Role) -> Result<()> {
    ctx.require(Role::Administrator)?;
    let before = get(tx, id)?;
    if before.role == role {
        return Ok(());
    }
    if role != Role::Administrator {
        require_another_administrator(tx, &before)?;
    }
    tx.execute(sql::SET_ROLE, params![id, role])?;
    event::record(
        ctx,
        tx,
        "person.role-changed",
        &Thing::new("person", id),
        None,
        &json!({ "name": before.name, "from": before.role, "to": role }),
    )
}

/// Ends a person's account: their sessions and tokens stop at once; what they wrote stays, under their name.
pub fn deactivate(ctx: &Ctx, tx: &mut Tx<'_>, id: PersonId) -> Result<()> {
    ctx.require(Role::Administrator)?;
    let before = get(tx, id)?;
    if before.state != PersonState::Active {
        return Ok(());
    }
    require_another_administrator(tx, &before)?;
    tx.execute(
        sql::SET_STATE,
        params![id, PersonState::Deactivated, Some(ctx.at)],
    )?;
    auth::end_sessions(tx, id, None)?;
    tx.execute(auth::sql::REVOKE_ALL_TOKENS, params![id, ctx.at])?;
    tx.execute(auth::sql::VOID_SIGN_IN_LINKS, params![id, ctx.at])?;
    event::record(
        ctx,
        tx,
        "person.deactivated",
        &Thing::new("person", id),
        None,
        &json!({ "name": before.name }),
    )
}

/// Lets a person in again. Their tokens do not come back.
pub fn reactivate(ctx: &Ctx, tx: &mut Tx<'_>, id: PersonId) -> Result<()> {
    ctx.require(Role::Administrator)?;
    let before = get(tx, id)?;
    if before.state != PersonState::Deactivated {
        return Ok(());
    }
    tx.execute(
        sql::SET_STATE,
        params![id, PersonState::Active, None::<i64>],
    )?;
    event::record(
        ctx,
        tx,
        "person.reactivated",
        &Thing::new("person", id),
        None,
        &json!({ "name": before.name }),
    )
}

/// How many administrators have an active account.
pub fn administrators(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.query_one(sql::OTHER_ADMINISTRATORS, params![""], |row| row.get(0))?)
}

fn require_another_administrator(tx: &mut Tx<'_>, person: &Person) -> Result<()> {
    if person.role != Role::Administrator || person.state != PersonState::Active {
        return Ok(());
    }
    let others: i64 = tx.query_one(sql::OTHER_ADMINISTRATORS, params![person.id], |row| {
        row.get(0)
    })?;
    if others > 0 {
        return Ok(());
    }
    Err(Error::conflict(format!(
        "{} is the last active administrator. Make somebody else an administrator first.",
        person.name
    )))
}
