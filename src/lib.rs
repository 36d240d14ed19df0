//! dateline: a terminal reader for news-agency wire dispatches.

pub mod dispatch;
pub mod format;
pub mod quote;
pub mod text;
