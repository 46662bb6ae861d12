using System.Globalization;
using TacHost.Native;

namespace TacHost.Processes;

/// <summary>The user and the groups that a program runs as.</summary>
/// <param name="Name">The user's name, or the user ID if the name is unknown.</param>
/// <param name="User">The user ID.</param>
/// <param name="Group">The ID of the primary group.</param>
/// <param name="Groups">The IDs of all groups.</param>
/// <param name="Home">The home directory, or null if it is unknown.</param>
/// <param name="Shell">The login shell, or null if it is unknown.</param>
internal sealed record Account(string Name, uint User, uint Group, IReadOnlyList<uint> Groups, string? Home, string? Shell)
{
    /// <summary>Looks up a user and a group.</summary>
    /// <exception cref="FormatException">The user or the group does not exist. The message names it.</exception>
    public static Account Find(string user, string? group)
    {
        uint? groupId = group is null ? null : GroupOf(group) ?? throw new FormatException($"there is no group '{group}'.");
        if (Accounts.Find(user) is { } known)
        {
            var main = groupId ?? known.GroupId;
            return new Account(known.Name, known.UserId, main, Accounts.Groups(known.Name, main), known.Home, known.Shell);
        }

        if (!uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == uint.MaxValue)
            throw new FormatException($"there is no user '{user}'.");
        return groupId is { } only
            ? new Account(user, id, only, [only], null, null)
            : throw new FormatException($"the user {user} has no entry that names a group; write one after it, as in {user}:100.");
    }

    /// <summary>Gets the environment variables that describe the user.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Variables =>
    [
        new("USER", Name),
        new("LOGNAME", Name),
        new("HOME", Home ?? "/"),
        new("SHELL", Shell is { Length: > 0 } ? Shell : null),
    ];

    private static uint? GroupOf(string group) =>
        uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != uint.MaxValue ? id : Accounts.Group(group);
}
