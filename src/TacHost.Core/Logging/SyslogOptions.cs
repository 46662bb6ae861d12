namespace TacHost.Logging;

/// <summary>Where syslog messages go and what they say of their sender. The defaults of facility and severity are twistd's, except that an error is an error and no alert.</summary>
internal sealed record SyslogOptions
{
    private const int LongestPrefix = 48; // APP-NAME in RFC 5424

    /// <summary>The names of <see cref="SyslogFacility"/> in its order, as syslog.conf(5) has them. Written out, because asking the enum costs 3 ms of every start.</summary>
    public static string[] Facilities { get; } =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
        "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    /// <summary>Who receives them. Defaults to the syslog daemon of this machine.</summary>
    public SyslogTarget Target { get; init; } = SyslogTarget.Local;

    /// <summary>The tag in front of each message. Defaults to "tachost".</summary>
    public string Prefix { get; init; } = "tachost";

    /// <summary>Defaults to <see cref="SyslogFacility.User"/>, as openlog(3) does.</summary>
    public SyslogFacility Facility { get; init; } = SyslogFacility.User;

    /// <summary>Reads the values of --syslog, --prefix and --facility; null or empty stands for the default.</summary>
    /// <exception cref="TacHostException">One of them is wrong.</exception>
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

    /// <summary>Reads the value of --facility.</summary>
    /// <exception cref="TacHostException">There is no such facility.</exception>
    public static SyslogFacility ParseFacility(string text) =>
        Facilities.Contains(text, StringComparer.OrdinalIgnoreCase) // not what else Parse takes: numbers and lists
            ? Enum.Parse<SyslogFacility>(text, ignoreCase: true)
            : throw new TacHostException(ExitCode.Usage, $"'{text}' cannot be the --facility, which is one of {string.Join(' ', Facilities)}.");

    /// <summary>Reads the value of --prefix.</summary>
    /// <exception cref="TacHostException">A receiver could not tell where it ends.</exception>
    public static string ParsePrefix(string text) =>
        text.Length <= LongestPrefix && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./+@".Contains(c, StringComparison.Ordinal))
            ? text
            : throw new TacHostException(ExitCode.Usage, $"'{text}' cannot be the --prefix, which is at most {LongestPrefix} letters, digits and characters of -_./+@.");
}
