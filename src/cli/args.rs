//! What was typed.

use std::ffi::OsString;
use std::net::IpAddr;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::base::Duration;
use crate::cli::quantity;

/// What was typed.
#[derive(Debug, Parser)]
#[command(
    name = "synscope",
    version,
    about = "Shows what really happens on a connection: every TCP handshake checked, annotated and drawn.",
    after_help = "Examples:\n  \
                  synscope capture.pcapng\n  \
                  synscope capture.pcapng --connection 3\n  \
                  tcpdump -w - | synscope -\n\n\
                  `synscope FILE...` is the same as `synscope read FILE...`; `-` is standard input.\n\
                  Exit codes: 0 done, 1 a capture was damaged (what could be read is shown), 2 could not run.",
    args_conflicts_with_subcommands = true,
    args_override_self = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) read: Read,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Analyse saved captures: overview, then annotated timelines
    #[command(after_help = "Examples:\n  \
                            synscope read capture.pcapng --host 192.0.2.1 --port 443\n  \
                            synscope read capture.pcapng --connection 3 --messages full\n  \
                            synscope read --merge part1.pcap part2.pcap\n  \
                            synscope read capture.pcapng --format json | jq 'select(.type == \"finding\")'")]
    Read(Read),
    /// Sniff an interface; timelines grow as packets come, Ctrl-C ends with the summary
    #[cfg(feature = "live")]
    #[command(after_help = "Examples:\n  \
                            synscope live -i lo -f 'port 3000'\n  \
                            synscope live -i eth0 -w seen.pcapng --duration 10s")]
    Live(Live),
    /// Show one frame as its seven OSI layers, with its bytes
    #[command(after_help = "Examples:\n  \
                            synscope frame capture.pcapng 4\n  \
                            synscope frame capture.pcapng 4 --fields\n  \
                            synscope frame part1.pcap part2.pcap 120")]
    Frame(Frame),
    /// List the interfaces of this machine, and whether you may sniff on them
    #[cfg(feature = "live")]
    Interfaces,
    /// List every rule that can fire, or say what one means, where it comes from and where it is written
    #[command(
        after_help = "Examples:\n  synscope rules\n  synscope rules rst-ignored\n  synscope rules --format json"
    )]
    Rules(Rules),
    /// Print a script that completes this command line in a shell
    #[command(
        after_help = "Example: synscope completions bash > ~/.local/share/bash-completion/completions/synscope"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page: synscope man | man -l -
    Man,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Read {
    /// Captures to read (pcap, pcapng, snoop, Network Monitor, ERF or Sniffer, plain, gzip, zstd or lz4); `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<OsString>,
    /// Join the files in time order, as parts of one capture (rotated files, several interfaces); frames are numbered anew
    #[arg(long)]
    pub(super) merge: bool,
    #[command(flatten)]
    pub(super) show: Show,
    /// Read only frames that match this BPF filter, as tcpdump writes it (needs libpcap)
    #[cfg(feature = "live")]
    #[arg(short = 'f', long, value_name = "BPF")]
    pub(super) filter: Option<String>,
    /// Stop after so many frames
    #[arg(long, value_name = "N")]
    pub(super) count: Option<u64>,
    /// Stop so long after the first frame, in the capture's time: 500ms, 10s, 2m
    #[arg(long, value_name = "TIME", value_parser = quantity::duration)]
    pub(super) duration: Option<Duration>,
    /// TLS key log; accepted for scripts, not used yet: TLS is not decrypted
    #[arg(long, value_name = "FILE", hide = true)]
    pub(super) keylog: Option<String>,
}

/// Which connections are shown, and how much of them.
#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Show {
    /// Show only the connection with this number (that of its first frame); may be given several times
    #[arg(long, value_name = "ID", value_parser = quantity::connection)]
    pub(super) connection: Vec<u64>,
    /// Show only connections with this address at one end
    #[arg(long, value_name = "ADDR", value_parser = quantity::address)]
    pub(super) host: Vec<IpAddr>,
    /// Show only connections with this port at one end
    #[arg(long, value_name = "N", value_parser = quantity::port)]
    pub(super) port: Vec<u16>,
    /// Rows of the overview before the rest is only counted; 0 shows all
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(super) rows: usize,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Frame {
    /// The capture; `-` is standard input. Several are joined as `read --merge` does
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<OsString>,
    /// Number of the frame, from 1
    #[arg(value_name = "N", value_parser = quantity::frame)]
    pub(super) number: u64,
    /// List every field of every layer with its bytes and bits
    #[arg(long)]
    pub(super) fields: bool,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Rules {
    /// The rule, as timelines and JSON name it
    #[arg(value_name = "ID")]
    pub(super) id: Option<String>,
}

#[cfg(feature = "live")]
#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Live {
    /// Interface to sniff on; without it, that of the default route
    #[arg(short = 'i', long, value_name = "IFACE")]
    pub(super) interface: Option<String>,
    /// Take only frames that match this BPF filter, as tcpdump writes it
    #[arg(short = 'f', long, value_name = "BPF")]
    pub(super) filter: Option<String>,
    /// Save every frame to this file as pcapng
    #[arg(short = 'w', long, value_name = "FILE")]
    pub(super) write: Option<std::path::PathBuf>,
    /// End after so many frames
    #[arg(long, value_name = "N")]
    pub(super) count: Option<u64>,
    /// End after this time: 500ms, 10s, 2m
    #[arg(long, value_name = "TIME", value_parser = quantity::duration)]
    pub(super) duration: Option<Duration>,
    /// Do not put the interface into promiscuous mode
    #[arg(short = 'p', long)]
    pub(super) no_promiscuous: bool,
    #[command(flatten)]
    pub(super) show: Show,
}

/// Options of every command.
#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Common {
    /// How the result is written
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    pub(super) format: Format,
    /// Colours; auto is on for a terminal, and heeds the variable `NO_COLOR`
    #[arg(long, value_enum, default_value_t = clap::ColorChoice::Auto, global = true, value_name = "WHEN")]
    pub(super) color: clap::ColorChoice,
    /// Draw with ASCII characters only
    #[arg(long, global = true)]
    pub(super) ascii: bool,
    /// Width in columns (default: that of the terminal or of the variable `COLUMNS`, else 100)
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=1000))]
    pub(super) width: Option<u16>,
    /// Memory that the connections being followed may take; beyond it the idlest are given up, counted and said
    #[arg(long, global = true, value_name = "SIZE", default_value = "1GiB", value_parser = quantity::size)]
    pub(super) max_memory: u64,
    /// What is told of HTTP and WebSocket messages
    #[arg(long, value_enum, default_value_t = Messages::Summary, global = true)]
    pub(super) messages: Messages,
    /// Print no notes on stderr
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Timelines for people
    Text,
    /// One JSON object a line, for scripts
    Json,
}

/// How much is told of what connections carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Messages {
    /// No message: the bytes as TCP carried them, and what each connection carried in all
    None,
    /// Each in a line; runs of pings and pongs folded into one
    Summary,
    /// Each with its text and the way from bytes to text; no folding
    Full,
}
