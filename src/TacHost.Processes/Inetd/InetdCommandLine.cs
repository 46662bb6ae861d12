using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Processes.Inetd;

/// <summary>The command line of <c>inetd</c>.</summary>
public sealed class InetdCommandLine : IPostOptions
{
    /// <summary>Gets or sets the configuration file with services.</summary>
    [Option("file", 'f', "an inetd.conf, such as /etc/inetd.conf")]
    public ExistingFile? File { get; set; }

    /// <summary>Gets or sets whether an unsupported line of the file is an error.</summary>
    [Option("strict", "refuse a file with a line that cannot be served, instead of skipping the line")]
    public bool Strict { get; set; }

    /// <summary>Gets or sets whether the internal services are disabled; the opposite of <see cref="InetdOptions.ServesInternal"/>.</summary>
    [Option("nointernal", 'i', "omit the internal services: echo, discard, chargen, daytime, time")]
    public bool NoInternal { get; set; }

    /// <summary>Gets or sets services with command lines for the shell.</summary>
    [Option("serve", 's', "an address and a command line for the shell, such as 127.0.0.1:7000=fortune -s", ValueName = "ADDRESS=COMMAND")]
    public IReadOnlyList<KeyValuePair<InetdAddress, string>> Serve { get; set; } = [];

    /// <summary>Gets or sets the port of the program given as operands.</summary>
    [Option("port", 'p', "the TCP port of the program that follows the options")]
    public Port? Port { get; set; }

    /// <summary>Gets or sets the interface of services outside the file that do not name an interface.</summary>
    [Option("iface", "the interface of --port, and of each --serve without a host")]
    public Iface Iface { get; set; } = "localhost";

    /// <summary>Gets or sets the user and group that run the programs outside the file.</summary>
    [Option("user", 'u', "the user of programs that are not in the file; the user of the host unless given", ValueName = "USER[:GROUP]")]
    public string? User { get; set; }

    /// <summary>Gets or sets the value of <see cref="InetdOptions.KillTime"/>.</summary>
    [Option("killtime", 'k', "the time between SIGTERM and SIGKILL when programs are stopped", Maximum = 4_000_000)]
    public TimeSpan KillTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets the value of <see cref="InetdOptions.MaxPerMinute"/>.</summary>
    [Option("max-per-minute", 'R', "the maximum number of programs that a service starts in a minute; 0 for no limit", Minimum = 0)]
    public int MaxPerMinute { get; set; } = 256;

    /// <summary>Gets or sets the value of <see cref="ConnectionLimits.MaxConnections"/>.</summary>
    [Option("max-connections", "the maximum number of connections of a service; unlimited unless given", Minimum = 1)]
    public int? MaxConnections { get; set; }

    /// <summary>Gets or sets the value of <see cref="ConnectionLimits.MaxConnectionsPerAddress"/>.</summary>
    [Option("max-per-address", "the maximum number of them from one address; unlimited unless given", Minimum = 1)]
    public int? MaxPerAddress { get; set; }

    /// <summary>Gets or sets a program and its arguments.</summary>
    [Operands("COMMAND", "a program and its arguments")]
    public IReadOnlyList<string> Command { get; set; } = [];

    private string Host => Iface.Name.Length == 0 ? InetdAddress.AllInterfaces : Iface.Name;

    /// <inheritdoc/>
    public void PostOptions()
    {
        if (Port is not null && Command.Count == 0)
            throw new UsageException("--port needs a program. Write it after the options.");
        if (Command.Count > 0 && Port is null)
            throw new UsageException($"the program '{Command[0]}' has no port. Name it with --port.");
        if (Serve.FirstOrDefault(each => string.IsNullOrWhiteSpace(each.Value)) is { Key: { } empty })
            throw new UsageException($"--serve '{empty}=' has no command.");
        try
        {
            List<string> skipped = [];
            if (Services(skipped.Add).Count == 0)
                throw new UsageException(File is null ? "there is nothing to serve. Name an inetd.conf with --file, or an address and a command with --serve." : $"there is no service in '{File}'. Write one into it, or use --serve.{string.Concat(skipped.Select(line => $"\n  {line}"))}");
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException(e.Message, e);
        }
    }

    /// <summary>Creates the server that the options describe.</summary>
    internal InetdServer Make()
    {
        List<string> skipped = [];
        InetdOptions options = new()
        {
            ServesInternal = !NoInternal,
            KillTime = KillTime,
            MaxPerMinute = MaxPerMinute,
            Limits = new ConnectionLimits { MaxConnections = MaxConnections, MaxConnectionsPerAddress = MaxPerAddress },
        };
        return new InetdServer(Services(skipped.Add), options) { SkippedLines = skipped };
    }

    private List<InetdService> Services(Action<string> skip)
    {
        List<InetdService> services = File is { } file ? [.. InetdConf.Read(file, Strict ? null : skip)] : [];
        (string? User, string? Group) user = User is null ? (null, null) : InetdConfLine.User(User);
        if (user.User is not null)
            _ = Account.Find(user.User, user.Group);
        foreach (var (address, line) in Serve)
            services.Add(new InetdService(WithInterface(address), "/bin/sh", "sh", "-c", line) { User = user.User, Group = user.Group });
        if (Port is { } port && Command.Count > 0)
            services.Add(new InetdService(new InetdAddress(Host, port.ToString(), InetdProtocol.Tcp46), Located(Command[0]), Command) { User = user.User, Group = user.Group });
        return services;
    }

    private InetdAddress WithInterface(InetdAddress address) =>
        address.IsUnix || address.NamesHost ? address : new InetdAddress(Host, address.Name, address.Protocol);

    /// <summary>Returns the absolute path of a program, which is searched in PATH if it has no slash.</summary>
    private static string Located(string program)
    {
#pragma warning disable RS0030 // the options of a plugin are read in its run directory, before there is an application
        return Path.GetFullPath(ProgramPath.Find(program));
#pragma warning restore RS0030
    }
}
