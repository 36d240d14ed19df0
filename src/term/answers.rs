//! What work and store answer, as messages of the program.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use super::LoopEvent;
use crate::app::Msg;
use crate::load::LoadEvent;
use crate::store;
use crate::work::{Answer, AnswerSink};

/// Where the crew tells what it has done.
pub(super) fn work_answer_sink(tell: &Sender<LoopEvent>) -> AnswerSink {
    let tell = tell.clone();
    Arc::new(move |answer| {
        let msg = match answer {
            Answer::Load(LoadEvent::Segment(segment)) => Msg::EntriesArrived(vec![segment]),
            Answer::Load(LoadEvent::Arrived { segments, replaced }) if replaced.is_empty() => {
                Msg::EntriesArrived(segments)
            }
            Answer::Load(LoadEvent::Arrived { segments, replaced }) => {
                Msg::EntriesReplaced { segments, replaced }
            }
            Answer::Load(LoadEvent::Problem(problem)) => Msg::Problem(problem),
            Answer::Load(LoadEvent::Done(summary)) => Msg::LoadFinished(summary),
            Answer::Opened(id, result) => Msg::DispatchRead(id, result),
            Answer::Source(id, result) => Msg::SourceRead(id, result),
            Answer::Health(found) => Msg::Health(found),
            Answer::Compared(newer, older, result) => Msg::VersionsCompared(newer, older, result),
            Answer::Texts(texts, of) => Msg::DispatchesRead(texts, of),
            Answer::Filtered {
                generation,
                hits,
                progress,
            } => Msg::FilterHits {
                generation,
                hits,
                progress,
            },
            Answer::Speakers {
                generation,
                rows,
                progress,
            } => Msg::SpeakersCounted {
                generation,
                rows,
                progress,
            },
            Answer::Judged { found, done, fresh } => Msg::RulesMatched { found, done, fresh },
            Answer::CommandFailed { view, fault } => Msg::ViewCommandFailed { view, fault },
            Answer::Message(text) => Msg::Notice(text),
            Answer::Printed(text, lost) => Msg::EditorTextReady(text, lost),
            Answer::InternalError(text) => Msg::Failure(text),
            Answer::SpeakerFound { generation, id } => Msg::SpeakerFound { generation, id },
        };
        let _ = tell.send(LoopEvent::Msg(msg));
    })
}

/// Where the keeper of marks tells what it has done.
pub(super) fn store_event_sink(tell: &Sender<LoopEvent>) -> store::StoreEventSink {
    let tell = tell.clone();
    Arc::new(move |answer| {
        let msg = match answer {
            store::StoreEvent::Marks(kept) => Msg::MarksLoaded(kept),
            store::StoreEvent::Written(changes, trouble) => Msg::MarksSaved(changes, trouble),
            store::StoreEvent::Saved => Msg::UnsavedMarksSaved,
            store::StoreEvent::Warning(text) => Msg::Failure(text),
        };
        let _ = tell.send(LoopEvent::Msg(msg));
    })
}
