using System.Globalization;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>A UNIX socket: <c>unix:/run/poetry.sock:mode=660</c>.</summary>
internal sealed class UnixServerEndpoint : ServerEndpoint
{
    public const UnixFileMode DefaultMode = (UnixFileMode)0b110_110_110;
    private const int LargestMode = 0b111_111_111;

    private readonly string _path;
    private readonly UnixFileMode _mode;
    private readonly int? _backlog;

    public UnixServerEndpoint(string path, UnixFileMode mode, int? backlog = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0'))
            throw new ArgumentException("The path of a UNIX socket cannot have a NUL character in it.", nameof(path));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)mode, LargestMode, nameof(mode));
        (_path, _mode, _backlog) = (path, mode, backlog);
    }

    public static UnixServerEndpoint Parse(EndpointText text)
    {
        var path = text.Required("address", "the path of a socket", "path");
        if (path.Contains('\0'))
            throw text.ValueError("address", path, "a path, in which there is no NUL character");
        var mode = DefaultMode;
        if (text.Optional("mode") is { } octal)
        {
            const string expected = "up to four octal digits such as 660";
            if (octal.Length is 0 or > 4 || octal.Any(digit => digit is < '0' or > '7') || Convert.ToInt32(octal, 8) > LargestMode)
                throw text.ValueError("mode", octal, expected);
            mode = (UnixFileMode)Convert.ToInt32(octal, 8);
        }

        var backlog = text.OptionalNumber("backlog", 1, int.MaxValue);
        SkipLockFile(text);
        return new UnixServerEndpoint(path, mode, backlog);
    }

    /// <summary>Accepts the original's parameter, which has no effect.</summary>
    public static void SkipLockFile(EndpointText text)
    {
        if (text.Optional("lockfile") is { } value and not ("0" or "1"))
            throw text.ValueError("lockfile", value, "0 or 1");
    }

    /// <inheritdoc/>
    public override string ToString() => EndpointText.Print(
        "unix",
        ("", _path),
        ("mode", _mode == DefaultMode ? null : Convert.ToString((int)_mode, 8)),
        ("backlog", _backlog?.ToString(CultureInfo.InvariantCulture)));

    /// <inheritdoc/>
    internal override async Task ListenAsync(ListenerSettings settings, ICollection<StreamListener> listeners, CancellationToken cancellationToken)
    {
        var path = UnixSocketFile.Resolve(_path, settings.Application);
        listeners.Add(await StreamListener.ListenAsync(
            $"unix:{_mode}:{path}",
            UnixSocketFile.AddressOf(path),
            settings,
            async () => await UnixSocket.ListenAsync(_path, _mode, _backlog ?? TcpSocket.LongestBacklog, settings, cancellationToken)));
    }
}
