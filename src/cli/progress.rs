//! What the program is at, on standard error: only where that is a terminal, and only once it takes a while.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Work that is done sooner says nothing.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often the line is written anew.
const BEAT: Duration = Duration::from_millis(200);
/// Back to the start of the line, and nothing on it.
const CLEAR: &str = "\r\u{1b}[K";

/// A line that says what the program is at. It is gone when this is dropped.
pub(super) struct Progress(Option<Running>);

struct Running {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    step: &'static str,
    is_done: bool,
}

impl Progress {
    /// Watches the work from now on, if there is somebody to tell.
    pub(super) fn new() -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if is_dumb || !io::stderr().is_terminal() {
            return Self(None);
        }
        let shared = Arc::new(Shared::default());
        let watched = shared.clone();
        let thread = std::thread::Builder::new().name("progress".into()).spawn(move || watch(&watched)).ok();
        Self(Some(Running { shared, thread }))
    }

    /// The work goes on to another step.
    pub(super) fn step(&self, step: &'static str) {
        if let Some(running) = &self.0 {
            running.shared.lock().step = step;
        }
    }

    /// Nothing is written from now on, and nothing is left on the line.
    pub(super) fn finish(&mut self) {
        let Some(running) = self.0.take() else { return };
        running.shared.lock().is_done = true;
        running.shared.changed.notify_all();
        if let Some(thread) = running.thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn watch(shared: &Shared) {
    let began = Instant::now();
    let mut state = shared.lock();
    let mut is_shown = false;
    while !state.is_done {
        let elapsed = began.elapsed();
        let pause = if elapsed < PATIENCE { PATIENCE.saturating_sub(elapsed) } else { BEAT };
        if elapsed >= PATIENCE {
            let seconds = elapsed.as_secs();
            // Whether it can be written or not: the work goes on.
            let _ = write!(io::stderr(), "{CLEAR}mqwarden: {} ({seconds} s)", state.step);
            is_shown = true;
        }
        let waited = shared.changed.wait_timeout(state, pause);
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
    if is_shown {
        let _ = write!(io::stderr(), "{CLEAR}");
    }
}
