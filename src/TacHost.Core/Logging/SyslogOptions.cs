namespace TacHost.Logging;

/// <summary>
/// The target and the header fields of syslog messages. The default facility and the severities are those
/// of twistd, except that an error has the severity error instead of alert.
/// </summary>
internal sealed record SyslogOptions
{
    private const int LongestPrefix = 48; // APP-NAME in RFC 5424

    /// <summary>
    /// Gets the names of <see cref="SyslogFacility"/> in its order, as in syslog.conf(5). They are
    /// constants, because reflection on the enum costs 3 ms of every start.
    /// </summary>
    public static string[] Facilities { get; } =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
        "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    /// <summary>Gets the receiver of the messages. Defaults to the syslog daemon of this machine.</summary>
    public SyslogTarget Target { get; init; } = SyslogTarget.Local;

    /// <summary>Gets the tag of the messages. Defaults to "tachost".</summary>
    public string Prefix { get; init; } = "tachost";

    /// <summary>Gets the facility. Defaults to <see cref="SyslogFacility.User"/>, as in openlog(3).</summary>
    public SyslogFacility Facility { get; init; } = SyslogFacility.User;

    /// <summary>Parses the values of --syslog, --prefix and --facility. Null or empty means the default.</summary>
    /// <exception cref="TacHostException">A value is invalid.</exception>
    public static SyslogOptions Parse(string? target, string? prefix = null, string? facility = null)
    {
        var defaults = new SyslogOptions();
        return new SyslogOptions
        {
            Target = string.IsNullOrEmpty(target) ? defaults.Target : SyslogTarget.Parse(target),
            Prefix = string.IsNullOrEmpty(prefix) ? defaults.Prefix : ParsePrefix(prefix),
            Facility = string.IsNullOrEmpty(facility) ? defaults.Facility : ParseFacility(facility),
        };
    }

    /// <summary>Parses the value of --facility.</summary>
    /// <exception cref="TacHostException">The facility does not exist.</exception>
    public static SyslogFacility ParseFacility(string text) =>
        Facilities.Contains(text, StringComparer.OrdinalIgnoreCase) // exclude numbers and lists, which Enum.Parse accepts
            ? Enum.Parse<SyslogFacility>(text, ignoreCase: true)
            : throw new TacHostException(ExitCode.Usage, $"--facility: '{text}' is not one of {string.Join(' ', Facilities)}.");

    /// <summary>Parses the value of --prefix.</summary>
    /// <exception cref="TacHostException">The prefix is too long, or contains a character after which a receiver would end it.</exception>
    public static string ParsePrefix(string text) =>
        text.Length <= LongestPrefix && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./+@".Contains(c, StringComparison.Ordinal))
            ? text
            : throw new TacHostException(ExitCode.Usage, $"--prefix: '{text}' is not valid. Write at most {LongestPrefix} letters, digits and characters of -_./+@.");
}
