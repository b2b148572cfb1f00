//! The page of the learner's own record: what is kept, and how it leaves this browser, enters another, or is deleted.

use super::review::keeper::forget_on_the_way;
use super::{known, settings};
use engine::learner::{Added, Grade, Record, Task, Trouble};
use engine::page::dom;
use engine::sim::sort::set_of;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use store::Store;
use wasm_bindgen_futures::JsFuture;

/// The file's name.
const FILE: &str = "backend-playground.json";

/// What the page knows of the record.
#[derive(Clone)]
enum Known {
    Loading,
    There(Record),
    /// It can't be read: why, and what of it can be taken along as text.
    Trouble(Trouble, Record),
}

impl Known {
    /// What can be exported.
    fn record(&self) -> Option<&Record> {
        match self {
            Self::Loading => None,
            Self::There(record) | Self::Trouble(_, record) => Some(record),
        }
    }
}

/// The record's page.
#[component]
pub fn RecordPage() -> impl IntoView {
    let known = RwSignal::new(Known::Loading);
    let said = RwSignal::new(String::new());
    let asks = RwSignal::new(false);
    // What was deleted, for as long as the page is open.
    let deleted = RwSignal::new(None::<Record>);
    spawn_local(async move {
        let read = read().await;
        if matches!(&read, Known::There(record) if *record != Record::default()) {
            known::ask_to_persist();
        }
        known.set(read);
    });

    let export = move |_| {
        known.with(|known| {
            if let Some(record) = known.record() {
                let mut record = record.clone();
                record.settings = settings::current(known::now());
                dom::download(FILE, "application/json", record.to_json().as_bytes());
                said.set(format!("{FILE} holds everything that is kept here."));
            }
        });
    };
    let import = move |event: ev::Event| {
        let field: web_sys::HtmlInputElement = event_target(&event);
        let file = field.files().and_then(|files| files.get(0));
        field.set_value("");
        if let Some(file) = file {
            spawn_local(async move {
                match import(&file).await {
                    Ok(added) => {
                        said.set(told(added));
                        known.set(read().await);
                    }
                    Err(why) => said.set(why),
                }
            });
        }
    };
    let delete = move |_| {
        close(asks);
        let record = known.with(|known| known.record().cloned());
        spawn_local(async move {
            match clear().await {
                Ok(()) => {
                    deleted.set(record);
                    said.set("Everything is deleted.".to_owned());
                    known.set(read().await);
                }
                Err(trouble) => said.set(sentence(trouble).to_owned()),
            }
        });
    };
    let undo = move |_| {
        let Some(record) = deleted.get_untracked() else { return };
        spawn_local(async move {
            match write(&record).await {
                Ok(()) => {
                    deleted.set(None);
                    said.set("Everything is back.".to_owned());
                    known.set(read().await);
                }
                Err(trouble) => said.set(sentence(trouble).to_owned()),
            }
        });
    };
    let is_empty =
        move || known.with(|known| known.record().is_none_or(|record| *record == Record::default()));
    view! {
        <div class="learn-record">
            {move || known.with(summary)}
            <div class="learn-buttons">
                <button on:click=export disabled=is_empty>"Export as a file"</button>
                <label class="learn-file">
                    <input type="file" accept=".json,application/json" on:change=import />
                    <span>"Import a file"</span>
                </label>
                <button on:click=move |_| asks.set(true) disabled=is_empty>"Delete everything…"</button>
            </div>
            <Show when=move || asks.get()>
                <div class="learn-asks" role="group" aria-label="Delete everything?">
                    <p>"All answers, runs and times of this browser are deleted. Until you leave this page you can undo it."</p>
                    <div class="learn-buttons">
                        <button on:click=delete>"Delete everything"</button>
                        <button on:click=move |_| close(asks)>"Keep it"</button>
                    </div>
                </div>
            </Show>
            <p class="learn-said" role="status" tabindex="-1">
                {move || said.get()} " "
                <Show when=move || deleted.with(Option::is_some)>
                    <button class="quiet" on:click=undo>"Undo"</button>
                </Show>
            </p>
        </div>
    }
}

/// Closes the question, whose buttons go: the focus waits where the result is told.
fn close(asks: RwSignal<bool>) {
    asks.set(false);
    dom::query_page(".learn-said").iter().for_each(dom::focus);
}

/// What is kept, in a few numbers; or why it can't be read.
fn summary(known: &Known) -> AnyView {
    let record = match known {
        Known::Loading => return view! { <p>"Looking for your record…"</p> }.into_any(),
        Known::Trouble(trouble, _) => return view! { <p>{sentence(*trouble)}</p> }.into_any(),
        Known::There(record) => record,
    };
    if *record == Record::default() {
        return view! { <p>"Nothing is kept yet. What you answer, try and judge in the lessons will be."</p> }.into_any();
    }
    let attempts = record.attempts.iter();
    let first =
        set_of(attempts.clone().map(|it| (&it.lesson, it.attempt.task == Task::Challenge, &it.attempt.id)));
    let answers = first.iter().filter(|it| !it.1).count();
    let passed = attempts
        .filter(|it| it.attempt.task == Task::Challenge && it.attempt.grade == Grade::Right)
        .map(|it| (&it.lesson, &it.attempt.id));
    let passed = set_of(passed);
    let minutes = record.visits.iter().map(|it| u64::from(it.seconds)).sum::<u64>() / 60;
    let rows = [
        ("Lessons begun", record.begun().len().to_string()),
        ("Questions answered", answers.to_string()),
        ("Challenges passed", passed.len().to_string()),
        ("Figures used", record.places.len().to_string()),
        ("Time", format!("{minutes} min")),
    ];
    let aside = record.set_aside.len();
    view! {
        <dl class="learn-numbers">
            {rows.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })}
        </dl>
        {(aside > 0).then(|| view! {
            <p>{format!("{aside} entries can't be read by this version of the site. They are left as they are, and go along with an export.")}</p>
        })}
    }
    .into_any()
}

async fn read() -> Known {
    let record = async { Store::open().await?.read().await };
    match record.await {
        Ok(record) => Known::There(record),
        Err(trouble) => Known::Trouble(trouble, Store::read_as_text().await.unwrap_or_default()),
    }
}

async fn write(record: &Record) -> Result<(), Trouble> {
    Store::open().await?.write(record).await?;
    known::something_is_kept();
    Ok(())
}

async fn clear() -> Result<(), Trouble> {
    forget_on_the_way();
    Store::open().await?.clear().await
}

/// Merges a file into the record.
///
/// # Errors
/// Why nothing was imported.
async fn import(file: &web_sys::File) -> Result<Added, String> {
    let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
    let text = text.ok_or("The file can't be read.")?;
    let new = Record::from_json(&text).map_err(|error| error.to_string())?;
    let trouble = |trouble| sentence(trouble).to_owned();
    let store = Store::open().await.map_err(trouble)?;
    let added = store.read().await.map_err(trouble)?.merge(new.clone());
    drop(store);
    settings::take_over(&new.settings);
    write(&new).await.map_err(trouble)?;
    Ok(added)
}

fn told(added: Added) -> String {
    let Added { attempts, reviews, others } = added;
    match attempts + reviews + others {
        0 => "Everything in the file was here already.".to_owned(),
        1 => "One entry was added.".to_owned(),
        all => format!("{all} entries were added."),
    }
}

/// Why something can't be kept or read, as the learner is told.
pub fn sentence(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Unavailable => {
            "This browser keeps nothing for this site, perhaps because the window is private."
        }
        Trouble::Newer => {
            "Your record was written by a newer version of this site, and is left as it is. Reload the page to get that version. An export takes everything along as text."
        }
        Trouble::Full => {
            "There is no room left to keep anything. Free some space on this device, or export your record and delete it."
        }
        Trouble::Failed => "The record can't be reached at the moment; the browser's console says why.",
    }
}
