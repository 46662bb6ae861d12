using System.Net;
using System.Runtime.CompilerServices;

namespace TacHost.Services;

/// <summary>The ranges that numeric settings and times accept. A value outside would hang, overflow or have no effect.</summary>
internal static class SettingRange
{
    /// <summary>The longest time that a timer of .NET accepts: 49 days.</summary>
    public static readonly TimeSpan LongestTime = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>The shortest time that a timer of .NET distinguishes from zero.</summary>
    private static readonly TimeSpan _shortestTime = TimeSpan.FromMilliseconds(1);

    /// <summary>Returns a number from a minimum to a maximum.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside the range.</exception>
    public static T Number<T>(T value, T minimum, T maximum, [CallerMemberName] string setting = "")
        where T : IComparable<T> =>
        value.CompareTo(minimum) >= 0 && value.CompareTo(maximum) <= 0 ? value : throw Outside(setting, value, $"between {minimum} and {maximum}");

    /// <summary>Returns a port.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The port is less than the minimum or more than 65535.</exception>
    public static int Port(int port, int minimum = IPEndPoint.MinPort) => Number(port, minimum, IPEndPoint.MaxPort, nameof(port));

    /// <summary>Returns a number that is not less than a minimum.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than the minimum.</exception>
    public static T AtLeast<T>(T value, T minimum, [CallerMemberName] string setting = "")
        where T : IComparable<T> =>
        value.CompareTo(minimum) >= 0 ? value : throw Outside(setting, value, $"{minimum} or more");

    /// <summary>Returns a limit, or null for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is less than 1.</exception>
    public static int? Limit(int? value, [CallerMemberName] string setting = "") =>
        value is { } limit ? AtLeast(limit, 1, setting) : null;

    /// <summary>Returns a time for a timer that must not fire at once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is less than 1 millisecond or more than 49 days.</exception>
    public static TimeSpan Timeout(TimeSpan value, [CallerMemberName] string setting = "") =>
        value >= _shortestTime && value <= LongestTime ? value : throw Outside(setting, value, "a time between 1 millisecond and 49 days");

    /// <summary>Returns a time for a timer that must not fire at once, or null for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is less than 1 millisecond or more than 49 days.</exception>
    public static TimeSpan? Timeout(TimeSpan? value, [CallerMemberName] string setting = "") =>
        value is { } time ? Timeout(time, setting) : null;

    /// <summary>Returns a time for a timer that may fire at once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative or more than 49 days.</exception>
    public static TimeSpan Delay(TimeSpan value, [CallerMemberName] string setting = "") =>
        value >= TimeSpan.Zero && value <= LongestTime ? value : throw Outside(setting, value, "a time between 0 and 49 days");

    private static ArgumentOutOfRangeException Outside(string setting, object value, string range) =>
        new(setting, value, $"{setting} {value} is not {range}.");
}
