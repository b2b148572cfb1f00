//! A receiver's account of its buffer: what has arrived, what was read, and for how much more there is room.
//!
//! Source: RFC 9293 §3.8.6 (the window is never taken back; a window that was closed and opens is announced) and RFC 1122
//! §4.2.3.3 (not before there is room for a whole packet, which everything here is counted in).

use std::collections::BTreeSet;

/// The receiver of one stream.
///
/// ```
/// use engine::mechanism::congestion::Receiver;
/// let mut receiver = Receiver::new(2);
/// assert!(receiver.takes(1), "a packet that overtook another waits for it");
/// assert_eq!(receiver.told(), (0, 2));
/// assert!(receiver.takes(0));
/// assert_eq!(receiver.told(), (2, 2), "everything has arrived, and there is no more room: a zero window");
/// assert!(!receiver.takes(2));
/// assert!(receiver.read(), "the window opens, which the sender is to be told");
/// assert_eq!(receiver.told(), (2, 3));
/// ```
#[derive(Clone, Debug)]
pub struct Receiver {
    room: u64,
    /// Up to here everything has arrived, and up to here the application has read.
    arrived: u64,
    read: u64,
    /// What overtook something that was lost.
    early: BTreeSet<u64>,
    /// Up to where it has told the sender that there is room.
    told: u64,
}

impl Receiver {
    /// The room of a receiver whose application reads everything at once.
    pub const ENDLESS: u64 = u64::MAX;

    /// An empty buffer for so many packets.
    pub const fn new(room: u64) -> Self {
        Self { room, arrived: 0, read: 0, early: BTreeSet::new(), told: room }
    }

    /// A packet of the stream comes; false if there is no room for it. Either way it is answered with [`Self::told`].
    pub fn takes(&mut self, data: u64) -> bool {
        let taken = data < self.edge();
        if taken && data >= self.arrived {
            self.early.insert(data);
        }
        while self.early.remove(&self.arrived) {
            self.arrived += 1;
        }
        if self.room == Self::ENDLESS {
            self.read = self.arrived;
        }
        self.told = self.edge();
        taken
    }

    /// The application reads a packet, if there is one. Answers whether that opens a window that was closed.
    pub fn read(&mut self) -> bool {
        if self.read == self.arrived {
            return false;
        }
        self.read += 1;
        let opens = self.told == self.arrived && self.edge() > self.told;
        if opens {
            self.told = self.edge();
        }
        opens
    }

    /// Another room from now on; what was told stays.
    pub const fn set_room(&mut self, room: u64) {
        self.room = room;
    }

    /// How many packets it has room for.
    pub const fn room(&self) -> u64 {
        self.room
    }

    /// What it has told its sender: up to where everything has arrived, and from where on it has no room.
    pub const fn told(&self) -> (u64, u64) {
        (self.arrived, self.told)
    }

    /// What has arrived and wasn't read: pieces of the stream in order, then those that wait for an earlier one.
    pub fn unread(&self) -> impl Iterator<Item = u64> {
        (self.read..self.arrived).chain(self.early.iter().copied())
    }

    /// Whether it holds no more than it said it had room for.
    pub fn is_sound(&self) -> bool {
        self.arrived - self.read + self.early.len() as u64 <= self.told - self.read
    }

    /// From here on there is no room; it never takes back what it has told.
    fn edge(&self) -> u64 {
        self.read.saturating_add(self.room).max(self.told)
    }
}
