using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace TacHost.Servers.Interop;

/// <summary>The users, groups and services of this machine, wherever it keeps them.</summary>
internal static unsafe class SystemDatabases
{
    private const int MostGroups = 65_536; // NGROUPS_MAX

    /// <summary>The C library answers in memory of its own, which the next question overwrites.</summary>
    private static readonly Lock _gate = new();

    /// <summary>The port of a service such as "ftp", or null.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="protocol"><c>tcp</c> or <c>udp</c>.</param>
    public static int? Port(string name, string protocol)
    {
        lock (_gate)
        {
            var entry = Libc.GetService(name, protocol);
            return entry is null ? null : (ushort)IPAddress.NetworkToHostOrder((short)entry->Port);
        }
    }

    /// <summary>The user of a name or number, or null. A number counts as one before it counts as a name.</summary>
    public static (string Name, uint UserId, uint GroupId, string Home, string Shell)? User(string user)
    {
        lock (_gate)
        {
            var entry = uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Libc.GetUser(id) : Libc.GetUser(user);
            return entry is null ? null : (Text(entry->Name), entry->UserId, entry->GroupId, Text(entry->Home), Text(entry->Shell));
        }
    }

    /// <summary>The number of a group by its name or number, or null.</summary>
    public static uint? Group(string group)
    {
        if (uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != uint.MaxValue)
            return id;
        lock (_gate)
        {
            var entry = Libc.GetGroup(group);
            return entry is null ? null : entry->GroupId;
        }
    }

    /// <summary>Every group of a user, the main one among them.</summary>
    public static IReadOnlyList<uint> Groups(string user, uint mainGroup)
    {
        for (var count = 64; count <= MostGroups; count *= 2)
        {
            var groups = new uint[count];
            var found = count;
            fixed (uint* first = groups)
            {
                if (Libc.GetGroups(user, mainGroup, first, &found) >= 0)
                    return groups[..found];
            }
        }

        return [mainGroup];
    }

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";
}
