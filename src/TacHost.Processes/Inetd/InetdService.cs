using TacHost.Services;

namespace TacHost.Processes.Inetd;

/// <summary>An inetd service: its address, and the program that serves it.</summary>
public sealed record InetdService
{
    /// <summary>The value that replaces the program for internal services.</summary>
    public const string Internal = "internal";

    /// <summary>Initializes a service.</summary>
    /// <param name="address">The address of the service.</param>
    /// <param name="program">The absolute path of the program, or <see cref="Internal"/>.</param>
    /// <param name="arguments">
    /// The arguments, starting with argument 0. If empty, argument 0 is the file name of the program. For
    /// an internal service, its name such as <c>echo</c>, which is optional if the address implies the name.
    /// </param>
    /// <exception cref="FormatException">The program is not an absolute path, the
    /// internal service does not exist, or a text contains a NUL character.</exception>
    public InetdService(InetdAddress address, string program, params IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(arguments);
        (Address, Program, Arguments) = (address, program, arguments.Count > 0 ? arguments : [Path.GetFileName(program)]);
        if (arguments.Append(program).Any(text => text.Contains('\0')))
            throw new FormatException("The program and its arguments cannot have a NUL character in them.");
        if (program == Internal)
            InternalName = InternalServices.NameOf(address, arguments);
        else if (!program.StartsWith('/'))
            throw new FormatException($"the program '{program}' is not an absolute path.");
    }

    /// <summary>Initializes a service from the text of its address.</summary>
    /// <param name="address">The address of the service; see <see cref="InetdAddress"/>.</param>
    /// <param name="program">The absolute path of the program, or <see cref="Internal"/>.</param>
    /// <param name="arguments">The arguments, starting with argument 0. If empty, argument 0 is the file name of the program.</param>
    /// <exception cref="FormatException">An argument is invalid.</exception>
    public InetdService(string address, string program, params IReadOnlyList<string> arguments)
        : this(InetdAddress.Parse(address), program, arguments)
    {
    }

    /// <summary>Gets the address of the service.</summary>
    public InetdAddress Address { get; }

    /// <summary>Gets the program, or <see cref="Internal"/>.</summary>
    public string Program { get; }

    /// <summary>Gets the arguments of the program, starting with argument 0.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>
    /// Gets whether the program receives the listening socket and only one program runs at a time. Always
    /// the case for datagrams. Defaults to false: a program is started for each connection.
    /// </summary>
    public bool Wait { get; init; }

    /// <summary>Gets the maximum number of programs started in a minute, or 0 for no limit. Defaults to null: <see cref="InetdOptions.MaxPerMinute"/>.</summary>
    public int? MaxPerMinute { get; init => field = value is { } limit ? SettingRange.AtLeast(limit, 0) : null; }

    /// <summary>Gets how many programs may be started in a minute for one address. Defaults to null: any number.</summary>
    public int? MaxPerMinuteAndAddress { get; init => field = SettingRange.Limit(value); }

    /// <summary>Gets how many connections, and so programs, there may be at once. Defaults to null: see <see cref="InetdOptions.Limits"/>.</summary>
    public int? MaxConnections { get; init => field = SettingRange.Limit(value); }

    /// <summary>Gets how many of these connections one address may have. Defaults to null: see <see cref="InetdOptions.Limits"/>.</summary>
    public int? MaxPerAddress { get; init => field = SettingRange.Limit(value); }

    /// <summary>Gets the user that the program runs as, by name or ID. Defaults to null: the user of the host.</summary>
    public string? User { get; init; }

    /// <summary>Gets the group that the program runs as, by name or ID. Defaults to null: the primary group of the user.</summary>
    public string? Group { get; init; }

    /// <summary>Gets the source of the service for messages, such as <c>/etc/inetd.conf:3</c>. Defaults to null: no source.</summary>
    public string? Origin { get; init; }

    internal string? InternalName { get; }

    internal bool Waits => Wait || Address.IsDatagram;

    /// <summary>Returns the address, such as "127.0.0.1:7000/tcp".</summary>
    public override string ToString() => Address.ToString();

    internal IReadOnlyList<ServiceNeed> Needs =>
        [new ServiceNeed(ServiceNeedKind.Listen, Address.EndpointText), .. InternalName is null ? ProgramNeeds.Of(Program, User, Group) : []];
}
