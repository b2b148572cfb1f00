//! A shop's page of five features, each of which asks a service. What a feature answers when its service is down is a choice
//! of its own.
//!
//! ```text
//!   customers ── price ────── prices
//!               stock ────── stock
//!               search ──┬── database ─── asked instead of prices or stock, if that is their fallback
//!               for you ─┘
//!               payment ──── payments
//! ```
//!
//! A service that is down says so at once, as behind an open breaker, and prices, stock and payments take no time when they
//! are well. The database works on one query a core at a time; a page waits 250 ms for it. Every customer orders unless the page
//! drives them away. Leaves out: retries, timeouts elsewhere, customers who come back, and orders that change the stock.

use super::answers::{
    ASKS, Answer, DATABASE, Down, FEATURES, Fallback, PAYMENT, PRICE, SERVICES, STOCK, wrong_at,
};
use super::catalogue::Catalogue;
use crate::lessons::prelude::*;
use crate::parts::station::Fault;
use crate::scene::{Cell, Grid, GridRow, ValueBox, ValueRow, Values};
use std::collections::VecDeque;

kinds! {
    KINDS;
    CUSTOMER = "customer", Numbers;
    FEATURE = "feature", Words(&[Cow::Borrowed("price"), Cow::Borrowed("stock"), Cow::Borrowed("search"), Cow::Borrowed("for-you"), Cow::Borrowed("payment")]);
    SERVICE = "service", Words(&[Cow::Borrowed("prices"), Cow::Borrowed("inventory"), Cow::Borrowed("database"), Cow::Borrowed("payments")]);
    PAGE_KIND = "page", Only; QUERY = "query", Numbers;
    CAUSE = "cause", Words(LOSSES.names);
}

losses! {
    LOSSES of CAUSE;
    MISSING = 1, "missing";
    ERROR = 2, "error";
    UNSURE = 3, "unsure";
    NOT_FOUND = 4, "not-found";
    UNPAID = 5, "never-paid";
}

const ORDERED: EndKind = EndKind(0);
/// Ordered at a price that the shop doesn't ask any more.
const WRONG_PRICE: EndKind = EndKind(6);
/// Ordered what is gone.
const GONE: EndKind = EndKind(7);
const PAGE: Entity = Entity::new(PAGE_KIND, 0);
/// Customers a second, and what they can choose from.
const LOAD: f64 = 20.0;
const ITEMS: u32 = 24;
/// Mean times of the database's queries in seconds: its everyday ones, and those that put a price or a stock together.
const LIGHT: f64 = 0.012;
const HEAVY: f64 = 0.04;
/// Queries that can wait for a core.
const ROOM: u32 = 40;
/// How long a page waits for the database.
const PATIENCE: Span = Span::from_millis(250);
/// The share of orders taken without asking for money that nobody pays for.
const BAD_DEBT: f64 = 0.08;
/// The share of what a default says is in stock that is gone.
const DEFAULT_GONE: f64 = 0.2;
/// Days after which a change elsewhere has broken a path that nobody uses, on average.
const BREAKS_AFTER: f64 = 300.0;
/// A trial of a fallback takes so long, and so many customers.
const TRIAL: Span = Span::from_secs(5);
const TRIED_BY: f64 = 0.1;
/// Customers in the picture, and how long one of their pages stays there.
const SHOWN: usize = 40;
const HOLD: Span = Span::from_secs(1);
/// An outage with fewer customers isn't judged yet.
const FEW: u32 = 20;
const WANTS: Purpose = Purpose::named("item");
const WORK: Purpose = Purpose::named("query");
const LEAVES: Purpose = Purpose::named("leaves");
const PAYS: Purpose = Purpose::named("pays");
const DEFAULTS: Purpose = Purpose::named("in stock by default");
const TRIES: Purpose = Purpose::named("tries a fallback");
const BREAKS: Purpose = Purpose::named("a path breaks");

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub down: Down = Control::choice("down", "Service that is down", Down::OPTIONS, "none")
            .help("From now on; search and ‘for you’ both ask the database.").primary(),
        pub price: Fallback = Control::choice("price", "Price", Fallback::OPTIONS, "copy")
            .help("Without the price service: the price that was seen last, the list price, a query that works it out, an order whose price is told later, or no price.").primary(),
        pub stock: Fallback = Control::choice("stock", "Stock", Fallback::OPTIONS, "copy")
            .help("Without the stock service: what was seen last, ‘in stock’, a query that works it out, an order that is confirmed later, or nothing.").primary(),
        pub search: Fallback = Control::choice("search", "Search", Fallback::OPTIONS, "copy")
            .help("Without the database: results of the same search from before, a list of all categories, another query to the same database, an e-mail, or nothing."),
        pub for_you: Fallback = Control::choice("for-you", "For you", Fallback::OPTIONS, "copy")
            .help("Without the database: what was recommended last, best sellers, another query to the same database, an e-mail, or nothing."),
        pub payment: Fallback = Control::choice("payment", "Payment", Fallback::OPTIONS, "copy")
            .help("Without the payment provider: take it as paid, since it was last time or by default; ask the database, which has no money; charge the card later; or take no order.").primary(),
        pub unused: f64 = Control::log_number("unused", "Days since last use", Unit::Count, (1.0, 365.0), 7.0)
            .help("Days since each fallback was last used. Once in 300 days, on average, some change breaks a path, and nobody notices until it is used."),
        pub cores: u32 = Control::number("cores", "Database cores", Unit::Count, (1.0, 4.0), 1.0, 1.0)
            .help("Queries that the database works on at the same time."),
        pub price_life: Span = Control::log_number("price-life", "A price stays for", Unit::Time, (10.0, 172_800.0), 86_400.0)
            .help("Mean time between two changes of one item's price."),
        pub stock_life: Span = Control::log_number("stock-life", "An item stays for", Unit::Time, (4.0, 3_600.0), 20.0)
            .help("Mean time until an item is sold out, and another takes its place."),
    }
}

impl ControlValues {
    fn fallback(&self, feature: usize) -> Fallback {
        [self.price, self.stock, self.search, self.for_you, self.payment][feature]
    }

    fn lives(&self) -> [Span; 2] {
        [self.price_life, self.stock_life]
    }
}

readings! {
    READINGS;
    Reading::measured("orders", "order", Statistic::Share, "Share of the customers of the last 3 s who ordered, rightly or wrongly.")
        .of(CUSTOMER, &[ORDERED, WRONG_PRICE, GONE]).last(3.0);
    Reading::measured("gone-now", "order in vain", Statistic::Share, "Share of the customers of the last 3 s who ordered what was gone.")
        .of(CUSTOMER, &[GONE]).last(3.0).trouble_from(0.01);
    Reading::new("database", "database load", Unit::Share, "Work that the database is asked for, over the last 2 s, as a share of what its cores can do.").trouble_from(1.0);
    Reading::new("wrong-prices", "wrong prices", Unit::Share, "Share of all orders so far that were made at a price the shop didn't ask any more.").so_far();
    Reading::new("gone", "sold, but gone", Unit::Share, "Share of all orders so far that were for what was gone.").so_far();
    Reading::new("outage", "order in outages", Unit::Share, "Share of the customers of an outage who ordered; of several outages the lowest.").so_far();
}

const ACTIONS: &[Action] = &[
    Action::new("break", "Break its service", &[FEATURE]),
    Action::new("repair", "Repair its service", &[FEATURE]),
    Action::new("try", "Try its fallback on 10 % for 5 s", &[FEATURE]),
];

messages! {
    pub(super) MESSAGES;
    price(); stock(); search(); for_you(); payment(); prices(); inventory(); database(); payments();
    live(); copy(); default(); later();
    page_title(at: Time); sold(); sold_wrongly(); not_sold(); columns_title(); row_order(); spoilt(n: u32); ordered(share: (f64, Unit));
    key_wrong(); key_missing();
    table_answers(); column_feature(); column_wrong(); column_spoilt();
    chart_shares(); orders(); gone_now();
    says_well(); says_down(service: Entity, since: Span); says_over(load: (f64, Unit)); says_broken(feature: Entity, days: (f64, Unit));
    says_wrong(prices: u32, gone: u32); says_right();
    mark_down(service: Entity); mark_well(service: Entity); mark_broken(feature: Entity); mark_trial(feature: Entity); mark_mended(feature: Entity);
    already_down(service: Entity); already_well(service: Entity);
    about_live(service: Entity); about_instead(service: Entity, answer: &'static str); about_out(service: Entity); about_path(risk: (f64, Unit)); about_broken();
    about_copy_is_wrong(share: (f64, Unit)); about_service(load: (f64, Unit)); about_service_well(); about_service_down();
    about_got(feature: Entity, answer: &'static str); about_all_live(); about_wrong(feature: Entity); about_page(customers: u64);
    judge_outage(share: (f64, Unit), bound: (f64, Unit)); judge_wrong(share: (f64, Unit), bound: (f64, Unit));
    judge_gone(share: (f64, Unit), bound: (f64, Unit)); judge_load(load: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Arrival,
    /// A price changes, or an item is gone.
    Change(usize),
    /// The database has worked on a customer's query for a feature.
    Queried(Entity, usize),
    /// A page waits no longer for the database.
    Late(Entity),
    TrialEnds(usize),
}

#[derive(Clone, Copy, Debug)]
struct View {
    item: u32,
    answers: [Option<Answer>; FEATURES],
}

/// A page as somebody got it.
#[derive(Clone, Copy, Debug)]
struct Seen {
    customer: Entity,
    at: Time,
    answers: [Answer; FEATURES],
    /// Whether the price and the stock on it were wrong, and how old copies of them are.
    wrong: [bool; 2],
    ages: [Span; 2],
    /// The price on it, and the real one.
    prices: [u32; 2],
    end: EndKind,
}

/// What became of a feature's answers.
#[derive(Clone, Copy, Debug, Default)]
struct Ledger {
    answers: [u32; Answer::ALL.len()],
    wrong: u32,
    /// Customers who left because of it, or ordered wrongly.
    spoilt: u32,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct ShopPage {
    controls: ControlValues,
    arrivals: Arrivals,
    customers: Journeys<View>,
    pub(super) catalogue: Catalogue,
    database: Station<Event>,
    /// Light and heavy queries that it was asked.
    asked: [RecentCount; 2],
    down: [Option<Time>; SERVICES],
    /// After how many days without use each fallback breaks, and whether it has been seen to fail.
    breaks_after: [f64; FEATURES],
    noticed: [bool; FEATURES],
    trials: [Time; FEATURES],
    ledgers: [Ledger; FEATURES],
    seen: VecDeque<Seen>,
    /// The page in the picture.
    page: Option<Seen>,
    /// All orders, those at a wrong price and those of what was gone.
    orders: [u32; 3],
    /// Orders and customers of the outage that there is or was last, and the lowest share of those before.
    outage: [u32; 2],
    lowest: Option<f64>,
    settled: u32,
}

fn feature(n: usize) -> Entity {
    Entity::new(FEATURE, n as u32)
}

fn service(n: usize) -> Entity {
    Entity::new(SERVICE, n as u32)
}

fn share(of: u32, all: u32) -> Option<f64> {
    (all > 0).then(|| f64::from(of) / f64::from(all))
}

impl ShopPage {
    fn arrival(&mut self, w: &mut W) {
        self.arrivals.arrived(w, Event::Arrival);
        let next = Entity::new(CUSTOMER, w.tally(CUSTOMER).opened() as u32);
        let view = View { item: w.draws(WANTS, next).below(ITEMS), answers: [None; FEATURES] };
        let customer = self.customers.begin(view, PAGE, w);
        for of in 0..FEATURES {
            let answer = self.ask(customer, of, w);
            self.answer(customer, of, answer);
        }
        w.schedule(PATIENCE, Event::Late(customer));
        self.complete(customer, w);
    }

    /// What a feature answers at once; `None` if it waits for the database.
    fn ask(&mut self, customer: Entity, of: usize, w: &mut W) -> Option<Answer> {
        let tried = w.now() < self.trials[of] && w.draws(TRIES, customer).chance(TRIED_BY);
        if self.down[ASKS[of]].is_some() || tried {
            return self.fall_back(customer, of, w);
        }
        if ASKS[of] != DATABASE {
            return Some(Answer::Live);
        }
        if self.query(customer, of, w) { None } else { self.fall_back(customer, of, w) }
    }

    /// The same by its fallback.
    fn fall_back(&mut self, customer: Entity, of: usize, w: &mut W) -> Option<Answer> {
        let fallback = self.controls.fallback(of);
        if fallback != Fallback::Nothing && self.is_broken(of) {
            if !core::mem::replace(&mut self.noticed[of], true) {
                w.notable(feature(of), mark_broken(feature(of)));
            }
            return Some(Answer::Broken);
        }
        Some(match fallback {
            Fallback::Copy => Answer::Copy,
            Fallback::Default => Answer::Default,
            Fallback::Later => Answer::Later,
            Fallback::Database if of != PAYMENT && self.query(customer, of, w) => return None,
            Fallback::Database | Fallback::Nothing => Answer::Missing,
        })
    }

    fn is_broken(&self, of: usize) -> bool {
        self.controls.unused > self.breaks_after[of]
    }

    /// Asks the database; false if it takes no more.
    fn query(&mut self, customer: Entity, of: usize, w: &mut W) -> bool {
        if self.down[DATABASE].is_some() {
            return false;
        }
        let heavy = usize::from(ASKS[of] != DATABASE);
        self.asked[heavy].record(w.now());
        let query = Entity::new(QUERY, customer.n * FEATURES as u32 + of as u32);
        let takes = Dist::Exponential([LIGHT, HEAVY][heavy]).span(&mut w.draws(WORK, query));
        self.database.offer(query, takes, w, Event::Queried(customer, of)).is_accepted()
    }

    fn answer(&mut self, customer: Entity, of: usize, answer: Option<Answer>) {
        if let Some(view) = self.customers.carried(customer) {
            view.answers[of] = answer;
        }
    }

    fn queried(&mut self, customer: Entity, of: usize, w: &mut W) {
        self.database.done(Entity::new(QUERY, customer.n * FEATURES as u32 + of as u32), w);
        let waits = |journey: &journeys::Journey<View>| journey.carries.answers[of].is_none();
        if self.customers.get(customer).is_some_and(waits) {
            let live = ASKS[of] == DATABASE;
            self.answer(customer, of, Some(if live { Answer::Live } else { Answer::Database }));
            self.complete(customer, w);
        }
    }

    /// The page comes without what the database hasn't said: it was the fallback, or is replaced by one that asks nobody.
    fn late(&mut self, customer: Entity, w: &mut W) {
        let Some(view) = self.customers.get(customer).map(|journey| journey.carries) else { return };
        for of in (0..FEATURES).filter(|of| view.answers[*of].is_none()) {
            let no_other = ASKS[of] != DATABASE || self.controls.fallback(of) == Fallback::Database;
            let answer = if no_other { Some(Answer::Missing) } else { self.fall_back(customer, of, w) };
            self.answer(customer, of, answer);
        }
        self.complete(customer, w);
    }

    /// What a page says of the price or the stock: whether that is wrong, and the age of the copy.
    fn look(&mut self, customer: Entity, of: usize, answer: Answer, item: u32, w: &W) -> (bool, Span) {
        let (age, changed) = self.catalogue.copy(of, item, w.now());
        let [real, _, list] = self.catalogue.prices(item);
        match answer {
            Answer::Live | Answer::Database => {
                self.catalogue.see(of, item, w.now());
                (false, Span::ZERO)
            }
            Answer::Copy => (changed, age),
            Answer::Default if of == PRICE => (real != list, Span::ZERO),
            Answer::Default => (w.draws(DEFAULTS, customer).chance(DEFAULT_GONE), Span::ZERO),
            _ => (false, Span::ZERO),
        }
    }

    /// Who leaves because of which feature, and as what.
    fn drives_away(customer: Entity, answers: [Answer; FEATURES], w: &W) -> Option<(usize, EndKind)> {
        let mut leaves = w.draws(LEAVES, customer);
        for (of, answer) in answers.into_iter().enumerate() {
            if leaves.chance(answer.drives_away(of)) {
                return Some((
                    of,
                    match answer {
                        Answer::Missing => MISSING,
                        Answer::Broken => ERROR,
                        Answer::Later => UNSURE,
                        _ => NOT_FOUND,
                    },
                ));
            }
        }
        let free = matches!(answers[PAYMENT], Answer::Copy | Answer::Default);
        (free && w.draws(PAYS, customer).chance(BAD_DEBT)).then_some((PAYMENT, UNPAID))
    }

    /// Ends a customer's visit once everything on the page is answered.
    fn complete(&mut self, customer: Entity, w: &mut W) {
        let Some(view) = self.customers.get(customer).map(|journey| journey.carries) else { return };
        let [Some(price), Some(stock), Some(search), Some(for_you), Some(payment)] = view.answers else {
            return;
        };
        let answers = [price, stock, search, for_you, payment];
        let [real, copy, list] = self.catalogue.prices(view.item);
        let on_it = match price {
            Answer::Copy => copy,
            Answer::Default => list,
            _ => real,
        };
        let looks = [PRICE, STOCK].map(|of| self.look(customer, of, answers[of], view.item, w));
        let (wrong, ages) = (looks.map(|look| look.0), looks.map(|look| look.1));
        let left = Self::drives_away(customer, answers, w);
        let ((at, end), ordered) = match left {
            Some(left) => (left, false),
            None if wrong[PRICE] => ((PRICE, WRONG_PRICE), true),
            None if wrong[STOCK] => ((STOCK, GONE), true),
            None => ((PAYMENT, ORDERED), true),
        };
        for (of, ledger) in self.ledgers.iter_mut().enumerate() {
            ledger.answers[answers[of] as usize] += 1;
            ledger.wrong += u32::from(wrong.get(of) == Some(&true));
            ledger.spoilt += u32::from(of == at && end != ORDERED);
        }
        self.settled += 1;
        let counts = [ordered, end == WRONG_PRICE, ordered && wrong[STOCK]];
        self.orders.iter_mut().zip(counts).for_each(|(sum, one)| *sum += u32::from(one));
        if self.down.iter().any(Option::is_some) {
            self.outage[0] += u32::from(ordered);
            self.outage[1] += 1;
        }
        let seen = Seen { customer, at: w.now(), answers, wrong, ages, prices: [on_it, real], end };
        if self.page.is_none_or(|page| w.now().since(page.at) >= HOLD) {
            self.page = Some(seen);
        }
        if self.seen.len() == SHOWN {
            self.seen.pop_front();
        }
        self.seen.push_back(seen);
        self.customers.enter(customer, feature(at), w.now());
        self.customers.end_as(customer, end, w);
    }

    fn lowest(&self) -> Option<f64> {
        let now = share(self.outage[0], self.outage[1]).filter(|_| self.outage[1] >= FEW);
        [self.lowest, now].into_iter().flatten().reduce(f64::min)
    }

    /// Breaks a service, or repairs it.
    fn turn(&mut self, n: usize, is_down: bool, w: &mut W) {
        if self.down[n].is_some() == is_down {
            return;
        }
        if self.down.iter().all(Option::is_none) {
            self.lowest = self.lowest();
            self.outage = [0; 2];
        }
        self.down[n] = is_down.then(|| w.now());
        if n == DATABASE && is_down {
            self.database.fail(Fault::Down, w);
        } else if n == DATABASE {
            self.database.restore();
        }
        w.notable(service(n), if is_down { mark_down(service(n)) } else { mark_well(service(n)) });
    }

    fn load(&self, now: Time) -> f64 {
        let [light, heavy] = &self.asked;
        (light.rate(now) * LIGHT + heavy.rate(now) * HEAVY) / f64::from(self.controls.cores)
    }

    /// The page as one customer got it a moment ago.
    fn page(&self, now: Time) -> Panel {
        let rows = (0..FEATURES).map(|of| {
            let boxes = self.page.map(|page| Self::boxes(&page, of)).unwrap_or_default();
            ValueRow { name: Some((feature(of), Label::Name(feature(of)))), boxes }
        });
        let services = (0..SERVICES).map(|n| {
            let over = n == DATABASE && self.load(now) >= 1.0;
            let status = match self.down[n] {
                Some(_) => Status::Down,
                None if over => Status::Trouble,
                None => Status::Quiet,
            };
            let name = ["prices", "stock", "database", "payments"][n];
            let load = Unit::Share.format(libm::round(self.load(now) * 100.0) / 100.0);
            let text = if n == DATABASE { [name, " ", &load].concat() } else { name.to_owned() };
            ValueBox { entity: service(n), text, status }
        });
        let services = ValueRow { name: None, boxes: services.collect() };
        let verdict = self.page.map(|page| match page.end {
            ORDERED => (Label::Words(sold()), Status::Active),
            WRONG_PRICE | GONE => (Label::Words(sold_wrongly()), Status::Trouble),
            _ => (Label::Words(not_sold()), Status::Down),
        });
        let at = self.page.map_or(now, |page| page.at);
        let title = Label::Words(page_title(at));
        Panel::Values(Values { title, verdict, rows: rows.chain([services]).collect() }.into())
    }

    /// What a page says of a feature, how it came to that, and what would be right.
    fn boxes(page: &Seen, of: usize) -> Vec<ValueBox> {
        let entity = feature(of);
        let answer = page.answers[of];
        let (word, status) = answer.shown();
        let is_wrong = page.wrong.get(of) == Some(&true);
        let says = match of {
            _ if matches!(answer, Answer::Missing | Answer::Broken | Answer::Later) => None,
            PRICE => Some(["$", &page.prices[0].to_string()].concat()),
            STOCK => Some("1 left".to_owned()),
            _ => None,
        };
        let right = is_wrong.then(|| match of {
            PRICE => ["≠ $", &page.prices[1].to_string()].concat(),
            _ => "≠ 0".to_owned(),
        });
        let aged = answer == Answer::Copy && of <= STOCK;
        let age = aged.then(|| Unit::Time.format(libm::floor(page.ages[of].secs())));
        let how = age.map_or_else(|| word.to_owned(), |age| [word, " ", &age].concat());
        let ink = |status| if is_wrong { Status::Trouble } else { status };
        let boxes = [
            says.map(|text| (text, ink(Status::Normal))),
            Some((how, status)),
            right.map(|text| (text, Status::Trouble)),
        ];
        boxes.into_iter().flatten().map(|(text, status)| ValueBox { entity, text, status }).collect()
    }

    /// The last customers: a column for the page of each, and what came of it.
    fn columns(&self) -> Panel {
        let cells = |of: usize| {
            self.seen.iter().map(move |it| {
                let wrong = it.wrong.get(of) == Some(&true);
                Cell::new(it.customer, if wrong { Status::Trouble } else { it.answers[of].shown().1 })
            })
        };
        let mut rows: Vec<GridRow> = (0..FEATURES)
            .map(|of| {
                let row = GridRow::new(feature(of), price(), spoilt(self.ledgers[of].spoilt), cells(of));
                GridRow { label: Label::Name(feature(of)), ..row }
            })
            .collect();
        let ends = self.seen.iter().map(|it| {
            Cell::new(
                it.customer,
                match it.end {
                    ORDERED => Status::Normal,
                    WRONG_PRICE | GONE => Status::Trouble,
                    _ => Status::Down,
                },
            )
        });
        let orders = share(self.orders[0], self.settled).unwrap_or(1.0);
        let note = ordered((libm::round(orders * 1000.0) / 1000.0, Unit::Share));
        rows.push(GridRow::new(PAGE, row_order(), note, ends));
        let key = legend([
            (live(), Status::Normal),
            (copy(), Status::Warming),
            (default(), Status::Quiet),
            (database(), Status::Active),
            (later(), Status::Draining),
            (key_missing(), Status::Down),
            (key_wrong(), Status::Trouble),
        ]);
        let title = Label::Words(columns_title());
        Panel::Grid(Grid { title, rows, columns: SHOWN as u32, tall: false, key }.into())
    }

    fn table(&self) -> Panel {
        let count = |n: u32| Label::Value(f64::from(n), Unit::Count);
        let rows = self.ledgers.iter().enumerate().map(|(of, it)| {
            let counts = it.answers.iter().chain([&it.wrong, &it.spoilt]).map(|n| count(*n));
            Row::new(feature(of), [Label::Name(feature(of))].into_iter().chain(counts).collect::<Vec<_>>())
        });
        let kinds = Answer::ALL.map(|answer| Label::words(answer.shown().0));
        let ends = [column_wrong(), column_spoilt()].map(Label::Words);
        let columns = [Label::Words(column_feature())].into_iter().chain(kinds).chain(ends).collect();
        let title = Label::Words(table_answers());
        Panel::Table(crate::scene::Table { title, columns, rows: rows.collect(), unfolded: false })
    }

    fn say(&self, now: Time) -> Vec<Msg> {
        let down = (0..SERVICES).find_map(|n| Some(says_down(service(n), now.since(self.down[n]?))));
        let failing = |of: &usize| self.down[ASKS[*of]].is_some() && self.noticed[*of] && self.is_broken(*of);
        let second = match (0..FEATURES).find(failing) {
            _ if self.load(now) > 1.0 => says_over((self.load(now), Unit::Share)),
            Some(of) => says_broken(feature(of), (libm::round(self.controls.unused), Unit::Count)),
            None if self.orders[1] + self.orders[2] > 0 => says_wrong(self.orders[1], self.orders[2]),
            None => says_right(),
        };
        vec![down.unwrap_or_else(says_well), second]
    }

    fn about_feature(&self, of: usize, now: Time) -> Vec<Msg> {
        let asks = service(ASKS[of]);
        let fallback = self.controls.fallback(of);
        let is = match (self.down[ASKS[of]], fallback) {
            (None, _) => about_live(asks),
            (Some(_), Fallback::Nothing) => about_out(asks),
            (Some(_), _) => about_instead(asks, fallback.id()),
        };
        let aged = self.down[ASKS[of]].filter(|_| fallback == Fallback::Copy);
        let wrong = aged.zip(self.controls.lives().get(of)).map(|(since, life)| {
            let wrong = wrong_at(now.since(since).secs(), life.secs());
            about_copy_is_wrong((libm::round(wrong * 1000.0) / 1000.0, Unit::Share))
        });
        let path = match fallback {
            Fallback::Nothing => None,
            _ if self.noticed[of] && self.is_broken(of) => Some(about_broken()),
            _ => {
                let risk = wrong_at(self.controls.unused, BREAKS_AFTER);
                Some(about_path((libm::round(risk * 1000.0) / 1000.0, Unit::Share)))
            }
        };
        [Some(is), wrong, path].into_iter().flatten().collect()
    }

    fn about_seen(&self, customer: Entity) -> Option<Vec<Msg>> {
        let seen = self.seen.iter().find(|it| it.customer == customer)?;
        let got = |of: usize| about_got(feature(of), seen.answers[of].shown().0);
        let others = (0..FEATURES).filter(|of| seen.answers[*of] != Answer::Live);
        let mut says: Vec<Msg> = others.map(got).collect();
        if says.is_empty() {
            says.push(about_all_live());
        }
        says.extend((0..2).filter(|of| seen.wrong[*of]).map(|of| about_wrong(feature(of))));
        Some(says)
    }
}

impl Experiment for ShopPage {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("shop-page", Time::from_secs(90), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(8))
            .warm_up(Time::from_secs(2))
            .speed(0.5)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] =
        &[MESSAGES, LOSSES.messages, journeys::MESSAGES, station::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let breaks = |of| Dist::Exponential(BREAKS_AFTER).sample(&mut w.draws(BREAKS, feature(of)));
        let breaks_after = [0, 1, 2, 3, 4].map(breaks);
        let window = || RecentCount::over(Span::from_secs(2));
        let mut it = Self {
            controls: controls.clone(),
            arrivals: Arrivals::poisson(CUSTOMER, LOAD, w, Event::Arrival),
            customers: Journeys::new(CUSTOMER, LOSSES),
            catalogue: Catalogue::new(ITEMS, controls.lives(), w, Event::Change),
            database: Station::new(service(DATABASE), controls.cores, Some(ROOM)),
            asked: [window(), window()],
            down: [None; SERVICES],
            breaks_after,
            noticed: [false; FEATURES],
            trials: [Time::ZERO; FEATURES],
            ledgers: [Ledger::default(); FEATURES],
            seen: VecDeque::new(),
            page: None,
            orders: [0; 3],
            outage: [0; 2],
            lowest: None,
            settled: 0,
        };
        if let Some(n) = controls.down.service() {
            it.turn(n, true, w);
        }
        Ok(it)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Arrival => self.arrival(w),
            Event::Change(of) => self.catalogue.change(of, w, Event::Change),
            Event::Queried(customer, of) => self.queried(customer, of, w),
            Event::Late(customer) => self.late(customer, w),
            Event::TrialEnds(of) => {
                if self.noticed[of] && self.is_broken(of) {
                    self.breaks_after[of] = f64::INFINITY;
                    w.notable(feature(of), mark_mended(feature(of)));
                }
            }
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.catalogue.set_lives(is.lives(), w, Event::Change);
        self.database.set_workers(is.cores, w);
        if was.down != is.down {
            (0..SERVICES).for_each(|n| self.turn(n, is.down.service() == Some(n), w));
        }
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        if let Some(why) = on.iter().find_map(|&at| self.refusal(action, at)) {
            return Err(why);
        }
        for of in on.iter().map(|at| at.n as usize) {
            if action < 2 {
                self.turn(ASKS[of], action == 0, w);
                continue;
            }
            self.trials[of] = w.now() + TRIAL;
            w.schedule(TRIAL, Event::TrialEnds(of));
            w.notable(feature(of), mark_trial(feature(of)));
        }
        Ok(())
    }

    fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        let Some(&asks) = ASKS.get(on.n as usize) else {
            return Some(Msg::new("no-such-entity").of("entity", on));
        };
        match (action, self.down[asks].is_some()) {
            (0 | 2, true) => Some(already_down(service(asks))),
            (1, false) => Some(already_well(service(asks))),
            _ => None,
        }
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let [all, wrong, gone] = self.orders;
        out.put("database", self.load(w.now()));
        out.put("wrong-prices", share(wrong, all));
        out.put("gone", share(gone, all));
        out.put("outage", self.lowest());
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let lines = [("orders", Status::Active), ("gone-now", Status::Trouble), ("database", Status::Quiet)];
        scene.panels = vec![
            self.page(w.now()),
            self.columns(),
            Panel::series(chart_shares(), Unit::Share, lines, Self::SPEC.until),
            self.table(),
            self.customers.ledger(),
        ];
        scene.sentences = self.say(w.now());
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        let (n, load) = (entity.n as usize, self.load(w.now()));
        Some(About::says(match entity.kind {
            FEATURE if n < FEATURES => self.about_feature(n, w.now()),
            SERVICE if n < SERVICES => vec![match self.down[n] {
                Some(_) => about_service_down(),
                None if n == DATABASE => about_service((load, Unit::Share)),
                None => about_service_well(),
            }],
            PAGE_KIND => vec![about_page(w.tally(CUSTOMER).opened())],
            CUSTOMER if self.about_seen(entity).is_some() => self.about_seen(entity)?,
            _ => return self.customers.about(entity, w, |_| None),
        }))
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.customers.invariants(w)?;
        self.database.invariants()?;
        // Every page that came to its end has one answer of each feature.
        let counted = self.ledgers.map(|ledger| ledger.answers.iter().sum::<u32>());
        let ended = w.tally(CUSTOMER).closed_in_all() as u32;
        if counted != [ended; FEATURES] || ended != self.settled {
            return Err(format!(
                "{ended} pages have ended, and their features were answered {counted:?} times"
            ));
        }
        let spoilt: u32 = self.ledgers.iter().map(|ledger| ledger.spoilt).sum();
        let right = w.tally(CUSTOMER).closed(ORDERED) as u32;
        let same = spoilt + right == ended;
        same.then_some(()).ok_or_else(|| format!("{spoilt} spoilt and {right} right of {ended}"))
    }
}
