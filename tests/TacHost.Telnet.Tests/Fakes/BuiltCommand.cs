using System.Runtime.CompilerServices;
using TacHost.Telnet.Compiler;

namespace TacHost.Telnet.Tests.Fakes;

/// <summary>The built command as the compiler of these tests, as the host names it to the telnet server.</summary>
internal static class BuiltCommand
{
    [ModuleInitializer]
    internal static void Use() => AppContext.SetData(CompilerWire.CommandData, (Func<string[]>)(() => [Program]));

    private static string Program => Path.Combine(Checkout.Root, "artifacts", "bin", "TacHost", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "tachost");
}
