//! Threads and comments as pages show them.

use crate::web::view::{Clock, PersonView, WhenView};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hardwon_core::access::Standing;
use hardwon_core::documents::{Anchor, OutlineEntry};
use hardwon_core::id::PersonId;
use hardwon_core::threads::{
    self, Comment, MayResolve, Suggestion, SuggestionState, Thread, ThreadState, Weight,
};

/// A comment as the partial `talk::comment` shows it.
pub struct CommentView {
    pub id: String,
    pub author: PersonView,
    pub when: WhenView,
    pub html: String,
    pub edited: String,
    pub decided: bool,
    pub mine: bool,
    /// 0 for the present round.
    pub earlier_round: i64,
}

/// Words that a thread stands at.
pub struct QuoteView {
    pub words: String,
    /// They were deleted.
    pub detached: bool,
    /// Positions for an editor of the text, as Yjs encodes them, in Base64.
    pub first: String,
    pub last: String,
}

/// Words proposed in place of those that a thread stands at.
pub struct SuggestionView {
    pub replacement: String,
    pub open: bool,
    pub state: &'static str,
    pub decided_by: String,
    pub can_accept: bool,
    pub can_decline: bool,
}

pub struct ThreadView {
    pub id: String,
    pub title: String,
    pub blocking: bool,
    pub resolved: bool,
    pub unfolded: bool,
    pub at_words: &'static str,
    pub at_text: String,
    pub at_href: String,
    /// The words of the document that it stands at, and where they are.
    pub quote: Option<QuoteView>,
    pub suggestion: Option<SuggestionView>,
    pub raised_by: String,
    pub earlier_round: i64,
    pub resolved_by: String,
    pub resolved_at: WhenView,
    pub reason: String,
    pub resolve: &'static str,
    pub can_reopen: bool,
    pub can_mark: bool,
    pub comments: Vec<CommentView>,
    pub total: i64,
    pub more: i64,
    /// A reply that was refused.
    pub typed: String,
    pub error: String,
}

/// What a thread is shown with: who reads, and the document as it is now.
pub(super) struct Reader<'a> {
    pub(super) clock: Clock,
    pub(super) person: Option<PersonId>,
    pub(super) standing: &'a Standing,
    pub(super) outline: &'a [OutlineEntry],
}

fn quote(anchor: &Anchor) -> QuoteView {
    QuoteView {
        words: anchor.quote.words.clone(),
        detached: anchor.at.is_none(),
        first: BASE64.encode(&anchor.first),
        last: BASE64.encode(&anchor.last),
    }
}

impl Reader<'_> {
    fn suggestion(&self, thread: &Thread, suggestion: &Suggestion) -> SuggestionView {
        let open = suggestion.state == SuggestionState::Open;
        let stands = thread
            .anchor
            .as_ref()
            .is_some_and(|anchor| anchor.at.is_some());
        let edits = self.standing.can_edit();
        SuggestionView {
            replacement: suggestion.replacement.clone(),
            open,
            state: suggestion.state.as_str(),
            decided_by: suggestion
                .decided_by
                .as_ref()
                .map(|face| face.name.clone())
                .unwrap_or_default(),
            can_accept: open && stands && edits,
            can_decline: open && (edits || self.person == Some(thread.raised_by.id)),
        }
    }

    pub(super) fn view(&self, thread: &Thread, comments: Vec<&Comment>) -> ThreadView {
        let number = self.standing.number;
        let (at_words, at_text, at_href) = match &thread.heading {
            None => ("at", "the review".to_owned(), String::new()),
            Some(heading) => {
                let now = self
                    .outline
                    .iter()
                    .find(|entry| entry.slug == heading.slug)
                    .or_else(|| self.outline.iter().find(|entry| entry.text == heading.text));
                match now {
                    Some(entry) => (
                        "at",
                        entry.text.clone(),
                        format!("/reviews/{number}#h-{}", entry.slug),
                    ),
                    None => ("was at", heading.text.clone(), String::new()),
                }
            }
        };
        let may = threads::may_resolve(thread, self.standing, self.person);
        let earlier = |round: i64| {
            if round == self.standing.round {
                0
            } else {
                round
            }
        };
        let resolution = thread.resolution.as_ref();
        ThreadView {
            id: thread.id.to_string(),
            title: thread.title.clone(),
            blocking: thread.weight == Weight::Blocking,
            resolved: thread.state == ThreadState::Resolved,
            unfolded: false,
            at_words,
            at_text,
            at_href,
            quote: thread.anchor.as_ref().map(quote),
            suggestion: thread
                .suggestion
                .as_ref()
                .map(|one| self.suggestion(thread, one)),
            raised_by: thread.raised_by.name.clone(),
            earlier_round: earlier(thread.round),
            resolved_by: resolution
                .map(|done| done.by.name.clone())
                .unwrap_or_default(),
            resolved_at: resolution
                .map(|done| self.clock.relative(done.at))
                .unwrap_or_default(),
            reason: resolution
                .map(|done| done.reason.clone())
                .unwrap_or_default(),
            resolve: match may {
                MayResolve::Yes => "yes",
                MayResolve::WithReason => "reason",
                MayResolve::No => "",
            },
            can_reopen: thread.weight == Weight::Ordinary || may != MayResolve::No,
            can_mark: threads::may_mark(thread, self.standing, self.person) == MayResolve::Yes,
            total: thread.comment_count,
            more: thread.comment_count - i64::try_from(comments.len()).unwrap_or(0),
            comments: comments
                .into_iter()
                .map(|comment| CommentView {
                    id: comment.id.to_string(),
                    author: PersonView::from(&comment.author),
                    when: self.clock.relative(comment.created_at),
                    html: comment.html.clone(),
                    edited: if comment.edited_at.is_some() {
                        "edited".to_owned()
                    } else {
                        String::new()
                    },
                    decided: thread.decided == Some(comment.id),
                    mine: self.person == Some(comment.author.id),
                    earlier_round: earlier(comment.round),
                })
                .collect(),
            typed: String::new(),
            error: String::new(),
        }
    }
}
