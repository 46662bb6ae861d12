using System.Globalization;
using TacHost.Native;

namespace TacHost.Checking;

/// <summary>The examination of users and groups, by the rules of <c>--uid</c> and <c>--gid</c>.</summary>
internal static class AccountFault
{
    /// <summary>Returns the reason why a user cannot be used, as a clause, or null.</summary>
    /// <param name="user">The name or the ID.</param>
    /// <param name="hasGroup">True if a group is given beside the user, so that an ID needs no account.</param>
    public static string? OfUser(string user, bool hasGroup)
    {
        if (Accounts.User(user) is not null)
            return null;
        if (!IsId(user, out var id))
            return "who does not exist";
        return hasGroup || Accounts.User(id) is not null ? null : "who has no entry that names a group. Name a group, too";
    }

    /// <summary>Returns the reason why a group cannot be used, as a clause, or null.</summary>
    public static string? OfGroup(string group) => Accounts.Group(group) is null && !IsId(group, out _) ? "which does not exist" : null;

    private static bool IsId(string text, out uint id) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id != uint.MaxValue;
}
