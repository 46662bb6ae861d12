using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>The databases of users, groups and services, as configured for the C library.</summary>
internal static unsafe class Accounts
{
    private const int MostGroups = 65_536; // NGROUPS_MAX

    /// <summary>Protects the static memory in which the C library returns its results.</summary>
    private static readonly Lock _gate = new();

    public static UserAccount? User(string name)
    {
        lock (_gate)
            return Copy(LibcAccounts.GetPwNam(name));
    }

    public static UserAccount? User(uint id)
    {
        lock (_gate)
            return Copy(LibcAccounts.GetPwUid(id));
    }

    public static UserAccount? Find(string user) => uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? User(id) : User(user);

    public static uint? Group(string name)
    {
        lock (_gate)
        {
            var entry = LibcAccounts.GetGrNam(name);
            return entry is null ? null : entry->GroupId;
        }
    }

    public static IReadOnlyList<uint> Groups(string user, uint primaryGroup)
    {
        for (var count = 64; count <= MostGroups; count *= 2)
        {
            var groups = new uint[count];
            var found = count;
            fixed (uint* first = groups)
            {
                if (LibcAccounts.GetGroupList(user, primaryGroup, first, &found) >= 0)
                    return groups[..found];
            }
        }

        return [primaryGroup];
    }

    /// <summary>Returns the port of a service such as "ftp", or null.</summary>
    /// <param name="service">The name of the service.</param>
    /// <param name="protocol"><c>tcp</c> or <c>udp</c>.</param>
    public static int? Port(string service, string protocol)
    {
        lock (_gate)
        {
            var entry = LibcAccounts.GetServByName(service, protocol);
            return entry is null ? null : FromNetworkOrder((ushort)entry->Port);
        }
    }

    private static UserAccount? Copy(UserEntry* entry) =>
        entry is null ? null : new UserAccount(Text(entry->Name), entry->UserId, entry->GroupId, Text(entry->Home), Text(entry->Shell));

    private static ushort FromNetworkOrder(ushort number) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(number) : number;

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";
}
