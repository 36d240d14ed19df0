//! Sources that are joined into one speaker each: a union-find over their numbers.

/// Disjoint groups of the numbers below a count.
#[derive(Debug, Clone)]
pub(super) struct Groups {
    parents: Vec<u32>,
}

impl Groups {
    /// Each number is a group of its own.
    pub(super) fn new(count: usize) -> Self {
        Self { parents: (0..count).map(to_number).collect() }
    }

    /// The number that stands for the group of `member`.
    pub(super) fn root(&self, mut member: u32) -> u32 {
        while self.parents[member as usize] != member {
            member = self.parents[member as usize];
        }
        member
    }

    /// Joins the groups of two members. The smaller root stands for both.
    pub(super) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        self.parents[high as usize] = low;
        // Paths stay short: what was joined first points to the new root.
        for member in [a, b] {
            self.parents[member as usize] = low;
        }
    }

    /// Joins the groups of all members.
    pub(super) fn join_all(&mut self, members: impl IntoIterator<Item = u32>) {
        let mut members = members.into_iter();
        if let Some(first) = members.next() {
            for member in members {
                self.join(first, member);
            }
        }
    }

    /// Lets every member point to its root.
    pub(super) fn flatten(&mut self) {
        for member in 0..self.parents.len() {
            // A parent is never greater than its member, so that it is flat already.
            self.parents[member] = self.parents[self.parents[member] as usize];
        }
    }
}

/// The number of the element that is added to a list of this length. Nobody has four billion speakers: further ones
/// would be counted as the last.
pub(super) fn to_number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Groups;

    #[test]
    fn groups_are_joined() {
        let mut groups = Groups::new(6);
        groups.join(4, 5);
        groups.join_all([1, 3, 5]);
        groups.flatten();
        let roots: Vec<u32> = (0..6).map(|member| groups.root(member)).collect();
        assert_eq!(roots, [0, 1, 2, 1, 1, 1]);
    }
}
