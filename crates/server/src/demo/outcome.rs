//! What a meeting leaves: agreements, learnings, the decision, minutes.

use super::play::{Known, Player, find, unknown};
use super::script::{Act, Decide};
use hardwon_core::decisions::agreements::{self, AgreementForm};
use hardwon_core::decisions::{self, ConditionForm, DecisionForm, DissentForm};
use hardwon_core::learnings::{self, LearningForm};
use hardwon_core::{Ctx, Result, Tx, minutes};

impl Player<'_> {
    pub(super) fn outcome(
        &self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        known: &Known,
        act: &Act,
    ) -> Result<()> {
        match act {
            Act::Agree { component, body } => {
                let form = AgreementForm {
                    component: component.clone(),
                    body: body.clone(),
                    record: None,
                };
                agreements::add(ctx, tx, known.id, &form)?;
            }
            Act::Learn { body, applies } => {
                let form = LearningForm {
                    body: body.clone(),
                    applies_to: applies.clone(),
                };
                learnings::add(ctx, tx, Some(known.id), &form)?;
            }
            Act::Decide(entry) => {
                let form = self.decision(entry)?;
                decisions::record(ctx, tx, known.id, &form)?;
            }
            Act::SendMinutes(round) => {
                let version = minutes::get(ctx, tx, known.id, *round)?.map_or(0, |one| one.version);
                minutes::send(ctx, tx, self.engine, known.id, *round, version)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn decision(&self, entry: &Decide) -> Result<DecisionForm> {
        let condition = |condition: &super::script::ConditionEntry| {
            Ok(ConditionForm {
                body: condition.body.clone(),
                owner: Some(self.person(&condition.owner)?),
            })
        };
        let dissent = |dissent: &super::script::DissentEntry| {
            Ok(DissentForm {
                person: self.person(&dissent.who)?,
                words: dissent.words.clone(),
            })
        };
        let day = |days| self.times.day(days).map_err(|_| unknown("this day"));
        Ok(DecisionForm {
            outcome: entry.outcome,
            stop_reason: entry.stop,
            stop_words: String::new(),
            overlaps: None,
            reason: entry.reason.clone(),
            conditions: entry
                .conditions
                .iter()
                .map(condition)
                .collect::<Result<_>>()?,
            dissent: entry.dissent.iter().map(dissent).collect::<Result<_>>()?,
            look_again_on: entry.look_again.map(day).transpose()?,
            come_back_when: entry.come_back.clone(),
            supersedes: entry
                .supersedes
                .iter()
                .map(|name| find(&self.numbers, name))
                .collect::<Result<_>>()?,
        })
    }
}
