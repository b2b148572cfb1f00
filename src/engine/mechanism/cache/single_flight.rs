//! Single flight: of all callers that want the same key at once, one fetches it and all get what came of that.
//!
//! Source: `golang.org/x/sync/singleflight`. Results are shared while a flight is under way and not a moment longer:
//! nothing is kept, an error no more than a value. If the leader fails, or panics, all who wait fail with it; the next
//! caller begins anew. `Forget` lets the next caller begin a new flight although one is under way; who waits for the old
//! one still gets its result, and its end doesn't touch the new one.

/// What a caller has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Joined {
    /// Fetch the value, and then [`SingleFlight::land`] this flight: the caller leads.
    Leads {
        /// Number of the flight.
        flight: u32,
    },
    /// Wait for this flight.
    Waits {
        /// Number of the flight.
        flight: u32,
        /// How many waited for it before.
        behind: u32,
    },
}

/// A flight that came to its end: its result, whatever it is, is all of these callers'.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Landed {
    /// Key that was fetched.
    pub key: u64,
    /// Who led it; none if it went away.
    pub leader: Option<u32>,
    /// Who waited, in the order in which they came.
    pub waiting: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Flight {
    number: u32,
    key: u64,
    /// Whether new callers may join.
    open: bool,
    leader: Option<u32>,
    waiting: Vec<u32>,
}

/// The flights under way. Callers are known by a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SingleFlight {
    /// In the order in which they began.
    flights: Vec<Flight>,
    begun: u32,
}

impl SingleFlight {
    /// A caller wants a key.
    pub fn join(&mut self, key: u64, caller: u32) -> Joined {
        if let Some(flight) = self.flights.iter_mut().find(|flight| flight.open && flight.key == key) {
            flight.waiting.push(caller);
            return Joined::Waits { flight: flight.number, behind: flight.waiting.len() as u32 - 1 };
        }
        let number = self.begun;
        self.begun = number.wrapping_add(1);
        let waiting = Vec::new();
        self.flights.push(Flight { number, key, open: true, leader: Some(caller), waiting });
        Joined::Leads { flight: number }
    }

    /// A flight ends, with a value or an error: hand it to all who are named. None if there is no such flight.
    pub fn land(&mut self, flight: u32) -> Option<Landed> {
        let at = self.flights.iter().position(|other| other.number == flight)?;
        let Flight { key, leader, waiting, .. } = self.flights.remove(at);
        Some(Landed { key, leader, waiting })
    }

    /// The next caller for this key begins a new flight, whatever is under way.
    pub fn forget(&mut self, key: u64) {
        for flight in self.flights.iter_mut().filter(|flight| flight.key == key) {
            flight.open = false;
        }
    }

    /// A caller no longer waits for a flight, because its patience is at an end, say. The flight goes on, even if it was
    /// the leader (as a function that was started with `DoChan` does). True if it was aboard.
    pub fn leave(&mut self, flight: u32, caller: u32) -> bool {
        let Some(flight) = self.flights.iter_mut().find(|other| other.number == flight) else { return false };
        if flight.leader == Some(caller) {
            flight.leader = None;
            return true;
        }
        let place = flight.waiting.iter().position(|&other| other == caller);
        place.map(|place| flight.waiting.remove(place)).is_some()
    }

    /// How many callers a key's open flight has, the leader included; zero if there is none.
    pub fn aboard(&self, key: u64) -> u32 {
        let open = self.flights.iter().find(|flight| flight.open && flight.key == key);
        open.map_or(0, |flight| flight.waiting.len() as u32 + u32::from(flight.leader.is_some()))
    }

    /// How many flights are under way.
    pub fn len(&self) -> usize {
        self.flights.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.flights.is_empty()
    }
}
