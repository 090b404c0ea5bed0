//! Identities: one newtype per kind of thing over a UUIDv7, written as 32 hexadecimal digits.

use hardwon_db::{FromValue, ToValue, ValueRef};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// A text that is not an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: 32 hexadecimal digits are expected")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::LowerHex::fmt(self.0.as_simple(), f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                // One spelling for one thing: no hyphens, no capitals.
                let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                if text.len() != 32 || !text.bytes().all(is_digit) {
                    return Err(NotAnId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
        impl ToValue for $name {
            fn to_value(&self) -> ValueRef<'_> {
                ValueRef::Text(Cow::Owned(self.to_string()))
            }
        }
        impl FromValue for $name {
            fn from_value(value: ValueRef<'_>) -> Result<Self, hardwon_db::Error> {
                let text = String::from_value(value)?;
                text.parse().map_err(|_| hardwon_db::Error::unreadable(format!("{text} is no identifier")))
            }
        }
    )+};
}

ids! {
    PersonId, TeamId, SessionId, SignInLinkId, TokenId, TemplateId, PromptId, EntryId,
    ReviewId, StepId, RecordId, DocumentId, VersionId,
    ThreadId, CommentId, QuestionId, ConditionId,
    MeetingId, ParkedId, PollId,
    DecisionId, AgreementId, LearningId,
    LinkId, InboxId,
}
