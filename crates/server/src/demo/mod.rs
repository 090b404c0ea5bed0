//! The worked organisation that `hardwon demo` shows: Loomcraft, a marketplace for handmade goods. What its people wrote
//! and did is content, under `demo/`: one file for the organisation, and for each review its document and the script of
//! what happened to it. Here it is played through the verbs of the core, in the order in which it happened, on a clock
//! that stands wherever the script says; so everything in it came about in a way in which people could have done it.
//!
//! Later parts of the product add to the content, and to [`script::Act`] what people can do in them.

mod outcome;
mod play;
mod script;

use crate::cli::Complaint;
use hardwon_core::documents::Engine;
use hardwon_core::id::PersonId;
use hardwon_core::organisation::{self, OrganisationForm, Settings};
use hardwon_core::people::{self, PersonForm, PersonState, ProfileForm, teams};
use hardwon_core::{Actor, Ctx, Error, Role, Tx, World};
use play::Player;
use rust_embed::RustEmbed;
use script::{OrganisationFile, ReviewFile};

#[derive(RustEmbed)]
#[folder = "demo/"]
struct Content;

/// What the ids of the worked organisation are drawn from, so that two runs on one day make the same.
const SEED: u64 = 7400;

fn text(path: &str) -> Result<String, Complaint> {
    let file = Content::get(path)
        .ok_or_else(|| Complaint::new(format!("The demonstration lacks its file {path}.")))?;
    String::from_utf8(file.data.into_owned()).map_err(Complaint::from)
}

fn organisation_file() -> Result<OrganisationFile, Complaint> {
    toml::from_str(&text("organisation.toml")?)
        .map_err(|error| Complaint::new(format!("organisation.toml: {error}")))
}

/// The scripts by name, which is also their order where two things happen at one moment.
fn review_files() -> Result<Vec<(String, ReviewFile)>, Complaint> {
    let mut names: Vec<String> = Content::iter()
        .filter_map(|path| {
            let name = path.strip_prefix("reviews/")?.strip_suffix(".toml")?;
            Some(name.to_owned())
        })
        .collect();
    names.sort();
    let read = |name: String| {
        let file = toml::from_str(&text(&format!("reviews/{name}.toml"))?)
            .map_err(|error| Complaint::new(format!("{name}.toml: {error}")))?;
        Ok((name, file))
    };
    names.into_iter().map(read).collect()
}

/// The person as whom the demonstration is shown, if this is a database that holds it.
pub fn guide(tx: &mut Tx<'_>) -> Result<Option<PersonId>, Complaint> {
    let file = organisation_file()?;
    if organisation::get(tx)?.name != file.name {
        return Ok(None);
    }
    let named = file.people.iter().find(|person| person.key == file.guide);
    let handle = named.map(|person| people::key(&person.name).replace(' ', "-"));
    Ok(people::by_handle(tx, &handle.unwrap_or_default())?)
}

/// Makes the worked organisation in a database that is empty, as it stands at `now` (milliseconds UTC).
pub fn make(tx: &mut Tx<'_>, engine: &dyn Engine, now: i64) -> Result<(), Complaint> {
    let (world, clock) = World::frozen(now, SEED);
    let file = organisation_file()?;
    let times = script::Times::new(now, &file.zone)?;
    let reviews = review_files()?;
    let scripted = script::in_order(&times, reviews)?;
    let founded = times.at(&file.founded)?;
    clock.set(founded);
    let mut player = Player::new(world, clock, engine, times);
    found(&mut player, tx, &file).map_err(|error| complain("organisation.toml", &error))?;
    for moment in &scripted {
        player.play(tx, moment)?;
    }
    Ok(())
}

fn found(player: &mut Player<'_>, tx: &mut Tx<'_>, file: &OrganisationFile) -> Result<(), Error> {
    let ctx = player.operator();
    organisation::found(&ctx, tx, &file.name, &file.zone)?;
    for person in &file.people {
        let form = PersonForm {
            name: person.name.clone(),
            email: Some(format!("{}@loomcraft.example", person.key)),
            role: person.role,
            state: PersonState::Active,
            zone: person.zone.clone(),
            locale: person.locale.clone(),
        };
        let id = people::create(&ctx, tx, &form)?;
        player.know(&person.key, id, person.role);
        let own = Ctx::new(
            &ctx.world,
            Actor::Person {
                id,
                role: person.role,
            },
            play::ORIGIN,
        );
        let profile = ProfileForm {
            name: form.name,
            zone: form.zone,
            locale: form.locale,
            about: person.about.clone(),
            version: 1,
        };
        people::change_profile(&own, tx, id, &profile)?;
    }
    for team in &file.teams {
        let form = teams::TeamForm {
            name: team.name.clone(),
            purpose: team.purpose.clone(),
        };
        let id = teams::create(&ctx, tx, &form)?;
        for member in &team.members {
            teams::add(&ctx, tx, id, player.person(member)?)?;
        }
    }
    let administrator = file
        .people
        .iter()
        .find(|one| one.role == Role::Administrator);
    if let Some(administrator) = administrator {
        let ctx = player.acting(&administrator.key)?;
        let form = OrganisationForm {
            name: file.name.clone(),
            zone: file.zone.clone(),
            settings: Settings {
                inviters: Role::Member,
                ..Settings::default()
            },
            version: organisation::get(tx)?.version,
        };
        organisation::change(&ctx, tx, &form)?;
    }
    Ok(())
}

/// What went wrong in the content, for whoever writes it.
fn complain(place: &str, error: &Error) -> Complaint {
    let what = match error {
        Error::Invalid(fields) => fields
            .iter()
            .map(|wrong| format!("{}: {}", wrong.field, wrong.message))
            .collect::<Vec<_>>()
            .join(" "),
        Error::Bug(source) => source.to_string(),
        other => other.to_string(),
    };
    Complaint::new(format!("The demonstration's {place} does not work: {what}"))
}
