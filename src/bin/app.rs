//! The page's islands.

#[cfg(target_arch = "wasm32")]
fn main() {
<<<<<<< HEAD
    playground::page::start();
=======
    // A stand-in: one island that greets the page's worker.
    use leptos::prelude::*;
    use playground::worker::FromWorker;
    use wasm_bindgen::prelude::*;
    console_error_panic_hook::set_once();
    let meta = |name: &str| {
        let meta = document().query_selector(&format!("meta[name={name}]")).ok().flatten();
        meta.and_then(|m| m.get_attribute("content"))
    };
    let (said, say) = signal(String::from("no worker"));
    if let (Some(address), Some(build)) = (meta("worker"), meta("build-id")) {
        let worker = web_sys::Worker::new(&address).expect("the policy allows workers");
        let on_message = Closure::<dyn FnMut(web_sys::MessageEvent)>::new(move |e: web_sys::MessageEvent| {
            let bytes = js_sys::Uint8Array::new(&e.data()).to_vec();
            if let Ok(FromWorker::Hello { build: its }) = postcard::from_bytes(&bytes) {
                say.set(format!("worker of the same build: {}", build == its));
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        on_message.forget();
    }
    let main = document().query_selector("main").ok().flatten().expect("pages have a main part");
    let handle = leptos::mount::mount_to(main.unchecked_into(), move || view! { <p id="island">{said}</p> });
    handle.forget();
>>>>>>> main
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
