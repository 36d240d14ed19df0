//! The tables, as the steps that lead from one version of the database to the next.

use rusqlite::{Connection, Result, TransactionBehavior};

/// What `SQLite` writes into the file so that others know whose it is: `dlin`.
pub(super) const APPLICATION_ID: i64 = 0x646c_696e;

/// Step n leads from version n to n + 1. A step that has been published never changes.
///
/// `mark`: one row a mark. `kind` is a [`crate::marks::Kind`]; `key` the 64 bits of the item, the story, or the hash of `name`,
/// as a signed number; `value` 0 or 1, a position, or a text, NULL for none; `at` milliseconds since 1970. A mark that
/// has been taken back stays with its empty value, so that an import of an older state does not bring it back.
///
/// `seen`: items that were listed when a visit of a source ended, as ascending numbers of 8 bytes, the lowest byte first.
pub(super) const MIGRATIONS: &[&str] = &[
    "CREATE TABLE mark (
        kind INTEGER NOT NULL,
        key INTEGER NOT NULL,
        name TEXT NOT NULL DEFAULT '',
        value ANY,
        at INTEGER NOT NULL,
        PRIMARY KEY (kind, key)
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE seen (
        source INTEGER NOT NULL,
        items BLOB NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX seen_by_source ON seen (source)",
];

/// The version that these steps lead to.
pub(super) fn latest_version(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

/// The version of a database; 0 is an empty one.
pub(super) fn version(connection: &Connection) -> Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Takes the steps that a database lacks, all or none.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> Result<()> {
    if version(connection)? >= latest_version(steps) {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = usize::try_from(version(&transaction)?).unwrap_or(0);
    for step in steps.iter().skip(from) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", latest_version(steps))?;
    transaction.commit()
}
