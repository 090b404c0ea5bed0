//! Which table goes where in an export. A table that is not named here fails the tests, so that a new one is decided on.

/// Where the rows of a table are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In this file of the organisation, as far as the condition holds.
    File(&'static str, &'static str),
    /// With the review: the condition finds its rows, `$1` being the review.
    Review(&'static str),
    /// In a file that is not for everybody.
    Private(&'static str),
    /// It does not leave: secrets, and what only this server needs.
    Nowhere,
}

#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub place: Place,
    /// The columns by which rows are put in order, the same on every database.
    pub order: &'static [&'static str],
    /// Columns that are left out: secrets, and what follows from others.
    pub omit: &'static [&'static str],
    /// Columns that refer to rows of the same table, which have to be there first.
    pub own: &'static [&'static str],
    /// Columns that hold bytes and not text.
    pub bytes: &'static [&'static str],
    /// Of a review's rows, those that tell what is nobody's business.
    pub secret: Secret,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    No,
    /// Each of them.
    Whole,
    /// Those in which this column is true.
    Where(&'static str),
}

const fn table(name: &'static str, place: Place, order: &'static [&'static str]) -> Table {
    Table {
        name,
        place,
        order,
        omit: &[],
        own: &[],
        bytes: &[],
        secret: Secret::No,
    }
}

const fn of_review(name: &'static str, order: &'static [&'static str]) -> Table {
    table(name, Place::Review("review_id = $1"), order)
}

const DOCUMENTS: Place =
    Place::Review("document_id in (select d.id from document d where d.review_id = $1)");
const QUESTIONS: Place =
    Place::Review("question_id in (select q.id from question q where q.review_id = $1)");
const THREADS: Place =
    Place::Review("thread_id in (select t.id from thread t where t.review_id = $1)");

/// Every table, parents before children.
pub const TABLES: &[Table] = &[
    table(
        "organisation",
        Place::File("organisation.json", "true"),
        &["id"],
    ),
    table(
        "counter",
        Place::File("organisation.json", "true"),
        &["name"],
    ),
    Table {
        omit: &["password_hash"],
        ..table(
            "person",
            Place::File("people.json", "true"),
            &["created_at", "id"],
        )
    },
    table(
        "team",
        Place::File("teams.json", "true"),
        &["created_at", "id"],
    ),
    table(
        "team_member",
        Place::File("teams.json", "true"),
        &["team_id", "person_id"],
    ),
    table(
        "template",
        Place::File("templates.json", "true"),
        &["created_at", "id"],
    ),
    table(
        "prompt",
        Place::File("prompts.json", "true"),
        &["created_at", "id"],
    ),
    table(
        "document",
        Place::Review("review_id = $1"),
        &["created_at", "id"],
    ),
    Table {
        bytes: &["content"],
        ..table("document_update", DOCUMENTS, &["document_id", "seq"])
    },
    Table {
        bytes: &["content"],
        ..table("document_snapshot", DOCUMENTS, &["document_id"])
    },
    table(
        "document_author",
        DOCUMENTS,
        &["document_id", "client", "clock_from"],
    ),
    table("document_version", DOCUMENTS, &["document_id", "number"]),
    table("review", Place::Review("id = $1"), &["number"]),
    of_review("review_step", &["at", "id"]),
    of_review("review_round", &["round"]),
    of_review("review_person", &["added_at", "principal_id", "role"]),
    of_review("review_grant", &["principal_id"]),
    of_review("review_reader", &["at", "person_id"]),
    of_review("review_record", &["kind", "position", "id"]),
    table(
        "review_record_version",
        Place::Review("record_id in (select r.id from review_record r where r.review_id = $1)"),
        &["record_id", "version"],
    ),
    of_review("thread", &["number"]),
    Table {
        bytes: &["first_position", "last_position"],
        ..table("anchor", THREADS, &["thread_id"])
    },
    table("suggestion", THREADS, &["thread_id"]),
    of_review("comment", &["created_at", "id"]),
    table(
        "comment_version",
        Place::Review("comment_id in (select c.id from comment c where c.review_id = $1)"),
        &["comment_id", "version"],
    ),
    Table {
        omit: &["score"],
        own: &["merged_into", "carried_from"],
        ..of_review("question", &["number"])
    },
    Table {
        secret: Secret::Where("anonymous"),
        ..table(
            "question_asker",
            QUESTIONS,
            &["question_id", "at", "person_id"],
        )
    },
    Table {
        secret: Secret::Whole,
        ..table(
            "question_vote",
            QUESTIONS,
            &["question_id", "at", "person_id"],
        )
    },
    of_review("stance", &["round", "person_id"]),
    of_review("condition", &["created_at", "id"]),
    of_review("meeting", &["created_at", "id"]),
    table(
        "meeting_person",
        Place::Review("meeting_id in (select m.id from meeting m where m.review_id = $1)"),
        &["meeting_id", "person_id"],
    ),
    of_review("parked_item", &["created_at", "id"]),
    of_review("poll", &["opened_at", "id"]),
    Table {
        secret: Secret::Whole,
        ..table(
            "poll_vote",
            Place::Review("poll_id in (select p.id from poll p where p.review_id = $1)"),
            &["poll_id", "at", "person_id"],
        )
    },
    of_review("decision", &["number"]),
    table(
        "dissent",
        Place::Review("decision_id in (select d.id from decision d where d.review_id = $1)"),
        &["decision_id", "person_id"],
    ),
    of_review("agreement", &["created_at", "id"]),
    of_review("learning", &["number"]),
    of_review("minutes", &["round"]),
    table(
        "link",
        Place::File("links.json", "true"),
        &["created_at", "id"],
    ),
    table("event", Place::Private("private/events.jsonl"), &["seq"]),
    table(
        "event_cursor",
        Place::Private("private/inboxes.json"),
        &["reader"],
    ),
    table(
        "inbox_item",
        Place::Private("private/inboxes.json"),
        &["created_at", "id"],
    ),
    table("session", Place::Nowhere, &[]),
    table("sign_in_link", Place::Nowhere, &[]),
    table("api_token", Place::Nowhere, &[]),
    table("idempotency", Place::Nowhere, &[]),
];

/// What the organisation has beside its reviews: rows of tables that otherwise belong to one.
pub const BESIDE: &[(&str, &str)] = &[
    ("document", "review_id is null"),
    (
        "document_update",
        "document_id in (select d.id from document d where d.review_id is null)",
    ),
    (
        "document_snapshot",
        "document_id in (select d.id from document d where d.review_id is null)",
    ),
    (
        "document_author",
        "document_id in (select d.id from document d where d.review_id is null)",
    ),
    (
        "document_version",
        "document_id in (select d.id from document d where d.review_id is null)",
    ),
    ("learning", "review_id is null"),
];

pub const BESIDE_FILE: &str = "beside.json";

pub fn named(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}
