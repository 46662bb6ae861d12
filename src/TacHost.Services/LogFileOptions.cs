namespace TacHost.Services;

/// <summary>The log file that a tac file requests. An option of the command line overrides the property of the same meaning.</summary>
/// <remarks>A property that is null leaves the host's setting. The settings have no effect if <c>--syslog</c> or <c>--logger</c> names another destination.</remarks>
public sealed record LogFileOptions
{
    /// <summary>Gets the path of the file, relative to <see cref="Application.BaseDirectory"/> (<c>--logfile</c>). Defaults to null: <c>tachost.log</c>, or standard output in the foreground.</summary>
    public string? Path { get; init; }

    /// <summary>Gets the size in bytes before the file is rotated, or 0 for no limit (<c>--log-size</c>). Defaults to null: 1,000,000.</summary>
    public long? MaxSize { get; init => field = value is { } size ? SettingRange.AtLeast(size, 0) : null; }

    /// <summary>Gets the maximum number of rotated files, or 0 for no limit (<c>--log-keep</c>). Defaults to null: 10.</summary>
    public int? Keep { get; init => field = value is { } count ? SettingRange.AtLeast(count, 0) : null; }

    /// <summary>Gets the maximum age of a rotated file, or zero for no limit (<c>--log-age</c>). Defaults to null: no limit.</summary>
    public TimeSpan? KeepFor { get; init => field = value is { } age ? SettingRange.AtLeast(age, TimeSpan.Zero) : null; }

    /// <summary>Gets the interval at which a new file begins, regardless of its size (<c>--log-every</c>). Defaults to null: only the size counts.</summary>
    public LogInterval? Interval { get; init; }
}
