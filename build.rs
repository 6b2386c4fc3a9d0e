//! Lets synscope be built, and started, on machines without libpcap.
//!
//! The `pcap` crate asks the linker for a library named `pcap`. This script gives it one: a small archive whose functions look
//! the real libpcap up when the first of them is called. See `docs/decisions/0001-libpcap-at-run-time.md`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "live")]
    libpcap_at_run_time();
}

#[cfg(feature = "live")]
fn libpcap_at_run_time() {
    const SOURCE: &str = "src/capture/live/libpcap_at_run_time.c";
    println!("cargo:rerun-if-changed={SOURCE}");
    // Windows has Npcap in libpcap's place, which the `pcap` crate links by another name.
    if std::env::var_os("CARGO_CFG_UNIX").is_none() {
        return;
    }
    cc::Build::new().file(SOURCE).std("c11").warnings(true).extra_warnings(true).compile("pcap");
    // dlopen(3) lies in a library of its own in C libraries before glibc 2.34; elsewhere this one is empty.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo:rustc-link-lib=dl");
    }
}
