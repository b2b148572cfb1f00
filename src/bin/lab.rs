//! The terminal; see [`playground::lab`].

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
    playground::lab::run(std::env::args_os(), &mut out, &mut err).into()
}

#[cfg(target_arch = "wasm32")]
fn main() {}
