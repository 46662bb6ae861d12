using TacHost.Services.Plugins;

namespace TacHost.Telnet.Plugin;

/// <summary>The options of the <c>telnet</c> plugin.</summary>
public sealed class TelnetCommandLine
{
    /// <summary>Gets or sets the port to listen on.</summary>
    [Option("port", 'p', "the port to listen on")]
    public Port Port { get; set; } = 4040;

    /// <summary>Gets or sets the interface to listen on.</summary>
    [Option("iface", 'i', "the address, host name or network interface to listen on; telnet is not encrypted, so a warning is logged unless it is localhost")]
    public Iface Iface { get; set; } = "localhost";

    /// <summary>Gets or sets the file with the users who may log in.</summary>
    [Option("password-file", "a file with a line name:hash for each user; without it, a password is generated at the start and logged once")]
    public ExistingFile? PasswordFile { get; set; }

    /// <summary>Gets or sets the maximum number of concurrent sessions.</summary>
    [Option("max-sessions", "the maximum number of sessions", Minimum = 1, Maximum = 1000)]
    public int MaxSessions { get; set; } = 4;

    /// <summary>Gets or sets the idle timeout of a session.</summary>
    [Option("idle-timeout", "the time after which an idle session is closed", Minimum = 1, Maximum = 86400)]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets or sets the timeout of a line.</summary>
    [Option("line-timeout", "the time after which a running line is abandoned", Minimum = 0.1, Maximum = 86400)]
    public TimeSpan LineTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the maximum number of characters that a line can show.</summary>
    [Option("max-output", "the maximum number of characters that a line may print", Minimum = 80, Maximum = 1048576)]
    public ByteSize MaxOutput { get; set; } = new(16_384);
}
