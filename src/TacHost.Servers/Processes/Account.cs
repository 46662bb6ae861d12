using System.Globalization;
using TacHost.Servers.Interop;

namespace TacHost.Servers.Processes;

/// <summary>Whom a program runs as.</summary>
/// <param name="Name">The user's name, or its number if it has none.</param>
/// <param name="User">The user's number.</param>
/// <param name="Group">The main group's number.</param>
/// <param name="Groups">All of its groups.</param>
/// <param name="Home">The home directory, or null if nobody knows it.</param>
/// <param name="Shell">The login shell, or null if nobody knows it.</param>
internal sealed record Account(string Name, uint User, uint Group, IReadOnlyList<uint> Groups, string? Home, string? Shell)
{
    /// <summary>Looks a user and a group up.</summary>
    /// <exception cref="FormatException">There is no such user or group; the message names it.</exception>
    public static Account Find(string user, string? group)
    {
        uint? groupId = group is null ? null : SystemDatabases.Group(group) ?? throw new FormatException($"there is no group '{group}'.");
        if (SystemDatabases.User(user) is { } known)
        {
            var main = groupId ?? known.GroupId;
            return new Account(known.Name, known.UserId, main, SystemDatabases.Groups(known.Name, main), known.Home, known.Shell);
        }

        if (!uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == uint.MaxValue)
            throw new FormatException($"there is no user '{user}'.");
        return groupId is { } only
            ? new Account(user, id, only, [only], null, null)
            : throw new FormatException($"the user {user} has no entry that names a group; write one behind it, as in {user}:100.");
    }

    /// <summary>What programs find in their environment.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Variables =>
    [
        new("USER", Name),
        new("LOGNAME", Name),
        new("HOME", Home ?? "/"),
        new("SHELL", Shell is { Length: > 0 } ? Shell : null),
    ];
}
