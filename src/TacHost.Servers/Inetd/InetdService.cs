namespace TacHost.Servers.Inetd;

/// <summary>One service of inetd: where it is reached, and the program that serves it.</summary>
public sealed record InetdService
{
    /// <summary>What stands in place of a program for a service that inetd gives itself.</summary>
    public const string Internal = "internal";

    /// <summary>A service that a program gives.</summary>
    /// <param name="place">Where it is reached.</param>
    /// <param name="program">The program, by its absolute path, or <see cref="Internal"/>.</param>
    /// <param name="arguments">What the program is called and its arguments, as argument 0 and the following. Without any it is called what its file is. For an internal service its name, such as <c>echo</c>, if the place does not say it.</param>
    /// <exception cref="FormatException">The program is not an absolute path, or there is no such internal service.</exception>
    public InetdService(InetdPlace place, string program, params IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(arguments);
        (Place, Program, Arguments) = (place, program, arguments.Count > 0 ? arguments : [Path.GetFileName(program)]);
        if (arguments.Append(program).Any(text => text.Contains('\0')))
            throw new FormatException("The program and its arguments cannot have a NUL character in them.");
        if (program == Internal)
            InternalName = InternalServices.NameOf(place, arguments);
        else if (!program.StartsWith('/'))
            throw new FormatException($"the program '{program}' is not an absolute path.");
    }

    /// <summary>A service that a program gives.</summary>
    /// <param name="place">Where it is reached; see <see cref="InetdPlace"/>.</param>
    /// <param name="program">The program, by its absolute path, or <see cref="Internal"/>.</param>
    /// <param name="arguments">What the program is called and its arguments, as argument 0 and the following. Without any it is called what its file is.</param>
    /// <exception cref="FormatException">One of them cannot be meant so.</exception>
    public InetdService(string place, string program, params IReadOnlyList<string> arguments)
        : this(InetdPlace.Parse(place), program, arguments)
    {
    }

    /// <summary>Where it is reached.</summary>
    public InetdPlace Place { get; }

    /// <summary>The program, or <see cref="Internal"/>.</summary>
    public string Program { get; }

    /// <summary>What the program is called, and its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>Whether the program gets the listening socket itself, and no other is started until it ends. Always so for datagrams. Defaults to false: a program for each connection.</summary>
    public bool Wait { get; init; }

    /// <summary>How many programs may be started in a minute, or 0 for any number. Defaults to null: <see cref="InetdOptions.MaxPerMinute"/>.</summary>
    public int? MaxPerMinute { get; init; }

    /// <summary>Gets how many programs may be started in a minute for one address. Defaults to null: any number.</summary>
    public int? MaxPerMinuteAndAddress { get; init; }

    /// <summary>Gets how many connections, and so programs, there may be at once. Defaults to null: see <see cref="InetdOptions.Limits"/>.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Gets how many of these connections one address may have. Defaults to null: see <see cref="InetdOptions.Limits"/>.</summary>
    public int? MaxPerAddress { get; init; }

    /// <summary>The user that the program runs as, by name or number. Defaults to null: the host's.</summary>
    public string? User { get; init; }

    /// <summary>The group that the program runs as, by name or number. Defaults to null: the user's own.</summary>
    public string? Group { get; init; }

    /// <summary>Where it stands, such as <c>/etc/inetd.conf:3</c>, for messages. Defaults to null: nowhere.</summary>
    public string? Origin { get; init; }

    /// <summary>The internal service that it is, or null.</summary>
    internal string? InternalName { get; }

    internal bool Waits => Wait || Place.IsDatagram;

    /// <summary>Such as "127.0.0.1:7000/tcp".</summary>
    public override string ToString() => Place.ToString();
}
