//! The `synscope` command.

fn main() -> synscope::cli::Exit {
    synscope::cli::main()
}
