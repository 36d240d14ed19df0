//! dateline: a terminal reader for news-agency wire dispatches.

pub mod action;
pub mod app;
pub mod desk;
pub mod dispatch;
pub mod filter;
pub mod format;
pub mod load;
pub mod quote;
pub mod record;
pub mod text;
pub mod ui;
