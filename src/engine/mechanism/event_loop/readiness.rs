//! Readiness: the kernel's side of non-blocking I/O, as `epoll` tells it.
//!
//! Source: Linux, epoll(7) and `fs/eventpoll.c`. What becomes ready goes to the end of a list; `wait` takes from its front and
//! looks again whether it still is. *Level-triggered*, the default, what was told goes back to the end of the list and is told
//! again for as long as it is ready. *Edge-triggered* (`EPOLLET`) it is told once for each time that more arrives: who doesn't
//! read until `EAGAIN` may wait for ever for what is there already. *One-shot* (`EPOLLONESHOT`) it is told once, until it is
//! watched again. Left out: that Linux tells room to send only from a third of the buffer on.

use crate::sim::Time;
use std::collections::VecDeque;

/// When readiness is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trigger {
    /// For as long as it lasts.
    #[default]
    Level,
    /// When it has changed.
    Edge,
    /// Once; then it has to be asked for again.
    OneShot,
}

/// What is asked for, or is the case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interest {
    /// That a read won't block: bytes are there, or the stream has ended.
    pub read: bool,
    /// That a write won't block: the send buffer has room.
    pub write: bool,
}

impl Interest {
    /// Reading only.
    pub const READ: Self = Self { read: true, write: false };
    /// Writing only.
    pub const WRITE: Self = Self { read: false, write: true };

    fn and(self, other: Self) -> Self {
        Self { read: self.read && other.read, write: self.write && other.write }
    }

    /// Whether there is anything.
    pub fn any(self) -> bool {
        self.read || self.write
    }
}

/// What came of a non-blocking read or write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transfer {
    /// So many bytes.
    Bytes(u32),
    /// It would block (`EAGAIN`).
    WouldBlock,
    /// The stream has ended.
    End,
}

/// What `wait` tells of a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReadyEvent {
    /// Which.
    pub fd: u16,
    /// What it is ready for, of what was asked.
    pub ready: Interest,
    /// Since when it stood in the list.
    pub since: Time,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Descriptor {
    received: u32,
    ended: bool,
    room: u32,
    watched: Option<(Interest, Trigger)>,
    /// Since when it has stood in the list of what may be ready.
    listed: Option<Time>,
}

impl Descriptor {
    fn ready(&self) -> Interest {
        Interest { read: self.received > 0 || self.ended, write: self.room > 0 }
    }

    fn tells(&self) -> Interest {
        self.watched.map_or(Interest::default(), |(interest, _)| interest.and(self.ready()))
    }
}

/// Descriptors with their buffers, and who is told of them. Numbers of descriptors that don't exist have no effect.
///
/// ```
/// use engine::mechanism::event_loop::{Interest, Poller, Transfer, Trigger};
/// use engine::sim::Time;
///
/// for (trigger, again) in [(Trigger::Level, 1), (Trigger::Edge, 0)] {
///     let mut kernel = Poller::new(1, 0);
///     kernel.watch(0, Interest::READ, trigger, Time::ZERO);
///     kernel.arrives(0, 100, Time::ZERO);
///     assert_eq!(kernel.wait(64, Time::ZERO).len(), 1);
///     // Half of it is read; only level-triggered is the other half told.
///     assert_eq!(kernel.read(0, 50), Transfer::Bytes(50));
///     assert_eq!(kernel.wait(64, Time::ZERO).len(), again);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Poller {
    descriptors: Vec<Descriptor>,
    list: VecDeque<u16>,
}

impl Poller {
    /// So many descriptors that nobody watches, with nothing to read and `room` bytes in each send buffer.
    pub fn new(descriptors: u16, room: u32) -> Self {
        let descriptor = Descriptor { room, ..Descriptor::default() };
        Self { descriptors: vec![descriptor; descriptors.into()], list: VecDeque::new() }
    }

    fn get(&mut self, fd: u16) -> Option<&mut Descriptor> {
        self.descriptors.get_mut(usize::from(fd))
    }

    /// Puts a descriptor into the list if that is of interest for anybody.
    fn changed(&mut self, fd: u16, what: Interest, now: Time) {
        let Some(it) = self.get(fd) else { return };
        if it.listed.is_none() && it.tells().and(what).any() {
            it.listed = Some(now);
            self.list.push_back(fd);
        }
    }

    /// Begins or changes a watch (`EPOLL_CTL_ADD`, `EPOLL_CTL_MOD`): what is ready already is told.
    pub fn watch(&mut self, fd: u16, interest: Interest, trigger: Trigger, now: Time) {
        let Some(it) = self.get(fd) else { return };
        it.watched = Some((interest, trigger));
        self.changed(fd, interest, now);
    }

    /// Ends a watch (`EPOLL_CTL_DEL`).
    pub fn unwatch(&mut self, fd: u16) {
        let Some(it) = self.get(fd) else { return };
        (it.watched, it.listed) = (None, None);
        self.list.retain(|&other| other != fd);
    }

    /// Whether a descriptor is watched.
    pub fn is_watched(&self, fd: u16) -> bool {
        self.descriptors.get(usize::from(fd)).is_some_and(|it| it.watched.is_some())
    }

    /// Whether anything is watched.
    pub fn watches(&self) -> bool {
        self.descriptors.iter().any(|it| it.watched.is_some())
    }

    /// Bytes arrive.
    pub fn arrives(&mut self, fd: u16, bytes: u32, now: Time) {
        if let Some(it) = self.get(fd).filter(|it| bytes > 0 && !it.ended) {
            it.received = it.received.saturating_add(bytes);
            self.changed(fd, Interest::READ, now);
        }
    }

    /// The other side ends the stream.
    pub fn ends(&mut self, fd: u16, now: Time) {
        if let Some(it) = self.get(fd) {
            it.ended = true;
            self.changed(fd, Interest::READ, now);
        }
    }

    /// The other side has taken so many bytes: the send buffer has room again.
    pub fn sent(&mut self, fd: u16, bytes: u32, now: Time) {
        if let Some(it) = self.get(fd).filter(|_| bytes > 0) {
            it.room = it.room.saturating_add(bytes);
            self.changed(fd, Interest::WRITE, now);
        }
    }

    /// How many bytes wait to be read.
    pub fn received(&self, fd: u16) -> u32 {
        self.descriptors.get(usize::from(fd)).map_or(0, |it| it.received)
    }

    /// Whether a read wouldn't block.
    pub fn is_readable(&self, fd: u16) -> bool {
        self.descriptors.get(usize::from(fd)).is_some_and(|it| it.ready().read)
    }

    /// Reads at most so many bytes.
    pub fn read(&mut self, fd: u16, most: u32) -> Transfer {
        let Some(it) = self.get(fd) else { return Transfer::WouldBlock };
        if it.received == 0 {
            return if it.ended { Transfer::End } else { Transfer::WouldBlock };
        }
        let bytes = it.received.min(most);
        it.received -= bytes;
        Transfer::Bytes(bytes)
    }

    /// Writes as much of so many bytes as the send buffer has room for.
    pub fn write(&mut self, fd: u16, bytes: u32) -> Transfer {
        let Some(it) = self.get(fd).filter(|it| it.room > 0) else { return Transfer::WouldBlock };
        let bytes = it.room.min(bytes);
        it.room -= bytes;
        Transfer::Bytes(bytes)
    }

    /// Whether `wait` would tell anything.
    pub fn has_events(&self) -> bool {
        self.list.iter().filter_map(|&fd| self.descriptors.get(usize::from(fd))).any(|it| it.tells().any())
    }

    /// `epoll_wait`: at most so many events, without waiting.
    pub fn wait(&mut self, most: usize, now: Time) -> Vec<ReadyEvent> {
        let mut events = Vec::new();
        // What is put back isn't told twice.
        for _ in 0..self.list.len() {
            if events.len() >= most {
                break;
            }
            let Some(fd) = self.list.pop_front() else { break };
            let Some(it) = self.get(fd) else { continue };
            let (ready, since) = (it.tells(), it.listed.take().unwrap_or(now));
            if !ready.any() {
                continue;
            }
            events.push(ReadyEvent { fd, ready, since });
            match it.watched {
                Some((_, Trigger::Level)) => {
                    it.listed = Some(now);
                    self.list.push_back(fd);
                }
                Some((_, Trigger::OneShot)) => it.watched = Some((Interest::default(), Trigger::OneShot)),
                _ => {}
            }
        }
        events
    }
}
