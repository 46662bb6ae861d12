using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace TacHost.Processes.Interop;

/// <summary>The databases of users, groups and services, as configured for the C library.</summary>
internal static unsafe class SystemDatabases
{
    private const int MostGroups = 65_536; // NGROUPS_MAX

    /// <summary>Protects the static memory in which the C library returns its results.</summary>
    private static readonly Lock _gate = new();

    /// <summary>Returns the port of a service such as "ftp", or null.</summary>
    /// <param name="name">The name of the service.</param>
    /// <param name="protocol"><c>tcp</c> or <c>udp</c>.</param>
    public static int? Port(string name, string protocol)
    {
        lock (_gate)
        {
            var entry = Libc.GetService(name, protocol);
            return entry is null ? null : (ushort)IPAddress.NetworkToHostOrder((short)entry->Port);
        }
    }

    /// <summary>Returns the user with a name or ID, or null. A number is taken as an ID.</summary>
    public static (string Name, uint UserId, uint GroupId, string Home, string Shell)? User(string user)
    {
        lock (_gate)
        {
            var entry = uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Libc.GetUser(id) : Libc.GetUser(user);
            return entry is null ? null : (Text(entry->Name), entry->UserId, entry->GroupId, Text(entry->Home), Text(entry->Shell));
        }
    }

    /// <summary>Returns the ID of a group from its name or ID, or null.</summary>
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

    /// <summary>Returns the IDs of all groups of a user, including the primary group.</summary>
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
