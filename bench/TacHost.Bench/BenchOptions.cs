namespace TacHost.Bench;

/// <summary>How long and how much is measured.</summary>
internal enum Length
{
    /// <summary>Only whether it all works, and the ratios with wide bands.</summary>
    Check,

    /// <summary>About three minutes.</summary>
    Quick,

    /// <summary>As long as it takes for small spreads.</summary>
    Full,
}

/// <summary>What the command line asks for.</summary>
/// <param name="Length">How long and how much.</param>
/// <param name="Only">The measurements to take, by parts of their names; all, if there are none.</param>
/// <param name="Results">The directory that table and plot go to, or null for none.</param>
internal sealed record BenchOptions(Length Length, IReadOnlyList<string> Only, string? Results)
{
    public const string Usage = """
        usage: bench/run [--full | --check] [--only NAME]... [--list] [--results DIR]

        Measures tachost beside twistd, nginx, a C server and an empty .NET program, in turn, in about three minutes.
          --full         more rounds, about ten minutes
          --check        the short form for CI: does it work, and are the ratios within three times their goals? Exits 1 if not
          --only NAME    only measurements with this in their name; may be repeated
          --list         name the measurements
          --results DIR  where table and plot go; without it bench/results, but nowhere with --check or --only

        """;

    /// <summary>Chooses by length.</summary>
    public T Of<T>(T check, T quick, T full) => Length switch
    {
        Length.Check => check,
        Length.Quick => quick,
        _ => full,
    };
}
