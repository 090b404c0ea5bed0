//! The organisation itself: its name, its zone, the settings that change what its meetings are called and who may
//! invite, and what its reviews start from: [`shelf`].

use crate::ctx::{Ctx, Role};
use crate::error::{Error, Fields, Result};
use crate::event::{self, Thing};
use crate::people::{filled, is_zone};
use crate::reviews::ReviewKind;
use garde::Validate;
use hardwon_db::{Tx, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shelf::{EntryForm, Shelf};
use std::collections::BTreeMap;

pub mod retention;
pub mod shelf;
pub mod sql;
mod starters;

/// What an organisation decides about how it works here. Stored as JSON; a key that is absent has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// What the meetings are called, by kind; a kind that is absent has its usual name.
    pub names: BTreeMap<ReviewKind, String>,
    /// The narrowest role that may invite people.
    pub inviters: Role,
    /// Days until the addresses that changes came from are forgotten.
    pub address_days: i64,
    /// Days until a session that nobody uses is ended and forgotten.
    pub session_days: i64,
    /// Days for which a repeated request with an idempotency key is answered with the first answer.
    pub idempotency_days: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            names: BTreeMap::new(),
            inviters: Role::Facilitator,
            address_days: 90,
            session_days: 60,
            idempotency_days: 2,
        }
    }
}

impl Settings {
    pub(crate) fn read(text: &str) -> Result<Self, hardwon_db::Error> {
        serde_json::from_str(text).map_err(|error| hardwon_db::Error::unreadable(error.to_string()))
    }

    /// What a meeting of this kind is called here.
    pub fn name(&self, kind: ReviewKind) -> &str {
        self.names
            .get(&kind)
            .map_or_else(|| usual_name(kind), String::as_str)
    }
}

/// What a meeting of this kind is called unless the organisation says otherwise.
pub fn usual_name(kind: ReviewKind) -> &'static str {
    match kind {
        ReviewKind::Architecture => "Architecture review",
        ReviewKind::Operability => "Operability review",
        ReviewKind::PostMortem => "Post mortem",
        ReviewKind::Study => "Study",
    }
}

#[derive(Debug, Clone)]
pub struct Organisation {
    pub name: String,
    pub zone: String,
    pub settings: Settings,
    pub version: i64,
}

/// Whether the organisation has been founded, so that set-up is over.
pub fn exists(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx
        .query_opt(sql::EXISTS, params![], |row| row.get::<i64>(0))?
        .is_some())
}

/// Founds the organisation with the usual templates and prompts; there is one to a database.
pub fn found(ctx: &Ctx, tx: &mut Tx<'_>, name: &str, zone: &str) -> Result<()> {
    let name = name.trim();
    let settings = json!(Settings::default()).to_string();
    tx.execute(sql::INSERT, params![name, zone, settings, ctx.at])?;
    for &(kind, name, body) in starters::TEMPLATES {
        let form = EntryForm::new(name, body);
        shelf::insert(ctx, tx, Shelf::Templates, kind, &form)?;
    }
    for &(kind, body) in starters::PROMPTS {
        shelf::insert(ctx, tx, Shelf::Prompts, kind, &EntryForm::new("", body))?;
    }
    event::record(
        ctx,
        tx,
        "organisation.founded",
        &Thing::new("organisation", 1),
        None,
        &json!({ "name": name }),
    )
}

pub fn get(tx: &mut Tx<'_>) -> Result<Organisation> {
    tx.query_opt(sql::GET, params![], |row| {
        Ok(Organisation {
            name: row.get(0)?,
            zone: row.get(1)?,
            settings: Settings::read(&row.get::<String>(2)?)?,
            version: row.get(3)?,
        })
    })?
    .ok_or(Error::NotFound)
}

#[derive(Debug, Clone, Validate)]
pub struct OrganisationForm {
    #[garde(custom(filled), length(chars, max = 100))]
    pub name: String,
    #[garde(custom(is_zone))]
    pub zone: String,
    #[garde(skip)]
    pub settings: Settings,
    /// The version that the form was filled in from.
    #[garde(skip)]
    pub version: i64,
}

/// Changes name, zone and settings.
pub fn change(ctx: &Ctx, tx: &mut Tx<'_>, form: &OrganisationForm) -> Result<()> {
    ctx.require(Role::Administrator)?;
    form.validate()?;
    let mut settings = form.settings.clone();
    check_settings(&settings)?;
    settings.names.retain(|kind, name| {
        *name = name.trim().to_owned();
        !name.is_empty() && name != usual_name(*kind)
    });
    let before = get(tx)?;
    if before.version != form.version {
        return Err(Error::conflict(
            "The settings were changed by somebody else in the meantime. Yours are below; save again to keep them.",
        ));
    }
    let name = form.name.trim();
    tx.execute(
        sql::CHANGE,
        params![name, form.zone, json!(settings).to_string()],
    )?;
    let changed: Vec<&str> = [
        ("name", before.name != name),
        ("zone", before.zone != form.zone),
        ("names", before.settings.names != settings.names),
        ("inviters", before.settings.inviters != settings.inviters),
        (
            "retention",
            retention::days(&before.settings) != retention::days(&settings),
        ),
    ]
    .into_iter()
    .filter_map(|(field, is)| is.then_some(field))
    .collect();
    event::record(
        ctx,
        tx,
        "organisation.changed",
        &Thing::new("organisation", 1),
        None,
        &json!({ "name": name, "fields": changed }),
    )
}

fn check_settings(settings: &Settings) -> Result<()> {
    let mut fields = Fields::default();
    for (kind, name) in &settings.names {
        if name.chars().count() > 60 {
            fields.add(&format!("name_{kind}"), "Use at most 60 characters.");
        }
    }
    for (field, days) in [
        ("address_days", settings.address_days),
        ("session_days", settings.session_days),
    ] {
        if !(1..=3_650).contains(&days) {
            fields.add(field, "Between 1 and 3650 days.");
        }
    }
    if !(1..=30).contains(&settings.idempotency_days) {
        fields.add("idempotency_days", "Between 1 and 30 days.");
    }
    fields.check()
}
