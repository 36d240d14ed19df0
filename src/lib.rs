//! dateline: a terminal reader for news-agency wire dispatches.

pub mod desk;
pub mod dispatch;
pub mod filter;
pub mod format;
pub mod load;
pub mod quote;
pub mod text;
