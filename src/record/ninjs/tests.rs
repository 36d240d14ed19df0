//! Tests of the objects of ninjs: shapes, and what comes back when they are read again.

use super::*;
