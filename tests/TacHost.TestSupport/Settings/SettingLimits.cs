using System.Reflection;
using System.Runtime.CompilerServices;
using TacHost.Services.Plugins;
using TacHost.Services.Plugins.Infrastructure;

namespace TacHost.TestSupport.Settings;

/// <summary>The values that the numeric settings of a library accept and refuse, tried on every one of them.</summary>
public static class SettingLimits
{
    /// <summary>The longest time that a timer of .NET accepts.</summary>
    public static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private static readonly Type[] _numbers = [typeof(int), typeof(long), typeof(double), typeof(TimeSpan)];

    /// <summary>Gets a time for a timer that must not fire at once.</summary>
    public static SettingLimit Timeout { get; } = new(
        [TimeSpan.FromMilliseconds(1), LongestTimer],
        [TimeSpan.MinValue, System.Threading.Timeout.InfiniteTimeSpan, TimeSpan.Zero, TimeSpan.FromTicks(1), LongestTimer + TimeSpan.FromTicks(1), TimeSpan.MaxValue]);

    /// <summary>Gets a time for a timer that may fire at once.</summary>
    public static SettingLimit Delay { get; } = new(
        [TimeSpan.Zero, LongestTimer],
        [TimeSpan.MinValue, System.Threading.Timeout.InfiniteTimeSpan, TimeSpan.FromTicks(-1), LongestTimer + TimeSpan.FromTicks(1), TimeSpan.MaxValue]);

    /// <summary>Gets a time that is only compared.</summary>
    public static SettingLimit Age { get; } = new([TimeSpan.Zero, TimeSpan.MaxValue], [TimeSpan.MinValue, TimeSpan.FromTicks(-1)]);

    /// <summary>Returns a number with a minimum.</summary>
    public static SettingLimit From(int minimum) => new([minimum, int.MaxValue], [minimum - 1, int.MinValue]);

    /// <summary>
    /// Asserts that the public and protected settings of a library that are numbers or times are those of the table, and that each accepts and refuses the values of its row.
    /// </summary>
    /// <param name="library">The library.</param>
    /// <param name="table">The limits by setting, such as <c>DnsOptions.Timeout</c>.</param>
    public static void AssertAll(Assembly library, IReadOnlyDictionary<string, SettingLimit> table)
    {
        var properties = Properties(library).ToDictionary(property => $"{property.DeclaringType!.Name}.{property.Name}");
        Assert.Equal(table.Keys.Order(StringComparer.Ordinal), properties.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, limit) in table)
        {
            foreach (var value in limit.Accepted)
                Assert.Null(Record.Exception(() => Set(properties[name], value)));
            foreach (var value in limit.Refused)
            {
                var failure = Record.Exception(() => Set(properties[name], value));
                Assert.True(failure is ArgumentOutOfRangeException refusal && refusal.ParamName == properties[name].Name, $"{name} = {value}: {failure?.ToString() ?? "accepted"}");
            }
        }
    }

    /// <summary>Asserts that every option of a library's plugins that is a number, a size or a time refuses values that are negative, too small, or too large for a timer.</summary>
    /// <returns>The number of these options.</returns>
    public static int AssertOptions(Assembly library)
    {
        var options = library.GetExportedTypes().SelectMany(Declared).Where(property => property.GetCustomAttribute<OptionAttribute>() is not null && IsNumber(property, typeof(ByteSize))).ToList();
        foreach (var property in options)
        {
            var option = property.GetCustomAttribute<OptionAttribute>()!;
            var table = OptionTable.Of(property.DeclaringType!);
            var isTime = (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(TimeSpan);
            string[] refused = ["-1", "", "x", "99999999999999999999", .. isTime ? ["50d", "10000000d"] : Array.Empty<string>(), .. option.Minimum > 0 ? ["0"] : Array.Empty<string>()];
            foreach (var value in refused)
                Assert.ThrowsAny<UsageException>(() => table.Read([$"--{option.Name}={value}"], "tachost", null));
        }

        return options.Count;
    }

    private static void Set(PropertyInfo property, object value)
    {
        var type = property.DeclaringType!;
        if (type.IsAbstract)
            type = AppDomain.CurrentDomain.GetAssemblies().SelectMany(assembly => assembly.IsDynamic ? [] : Concrete(assembly)).First(each => each.IsSubclassOf(type));

        // No constructor runs: many need arguments, and a setting looks only at its value.
        property.GetSetMethod(nonPublic: true)!.Invoke(RuntimeHelpers.GetUninitializedObject(type), BindingFlags.DoNotWrapExceptions, null, [value], null);
    }

    private static IEnumerable<Type> Concrete(Assembly assembly) => assembly.GetTypes().Where(type => type is { IsAbstract: false, ContainsGenericParameters: false });

    private static IEnumerable<PropertyInfo> Properties(Assembly library) => library.GetExportedTypes()
        .Where(type => !typeof(Attribute).IsAssignableFrom(type) && !typeof(Exception).IsAssignableFrom(type))
        .SelectMany(Declared)
        .Where(property => property.GetCustomAttribute<OptionAttribute>() is null && IsNumber(property) && property.SetMethod is { } set && (set.IsPublic || set.IsFamily));

    private static IEnumerable<PropertyInfo> Declared(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly);

    private static bool IsNumber(PropertyInfo property, params Type[] more)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return _numbers.Contains(type) || more.Contains(type);
    }
}
