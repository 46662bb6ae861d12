namespace TacHost.Tests.Scripting;

public sealed class TopLevelEffectsTests
{
    [Theory]
    [InlineData("Environment.CurrentDirectory = \"/\";", "(1,1) sets 'Environment.CurrentDirectory'")]
    [InlineData("System.Globalization.CultureInfo.DefaultThreadCurrentCulture = null;", "(1,1) sets 'CultureInfo.DefaultThreadCurrentCulture'")]
    [InlineData("Environment.SetEnvironmentVariable(\"TACHOST_NONE\", null);", "(1,1) calls 'Environment.SetEnvironmentVariable'")]
    [InlineData("Thread.CurrentThread.CurrentCulture = System.Globalization.CultureInfo.InvariantCulture;", "(1,1) sets 'Thread.CurrentCulture'")]
    [InlineData("using static System.Environment;\nExitCode = 0;", "(2,1) sets 'Environment.ExitCode'")]
    [InlineData("AppDomain.CurrentDomain.ProcessExit += (_, _) => { };", "(1,1) subscribes to 'AppDomain.ProcessExit'")]
    [InlineData("void F() { G(); }\nvoid G() => Environment.ExitCode = 0;\nF();", "(2,13) sets 'Environment.ExitCode'")]
    [InlineData("class C { public C() { Environment.ExitCode = 0; } }\nvar c = new C();", "(1,24) sets 'Environment.ExitCode'")]
    [InlineData("var x = Environment.ExitCode = 0;", "(1,9) sets 'Environment.ExitCode'")]
    [InlineData("if (DateTime.Now.Year > 1) { Environment.ExitCode++; }", "(1,30) sets 'Environment.ExitCode'")]
    public void Of_ChangeOfTheProcess_IsFoundWithItsPlace(string text, string expected) => Assert.EndsWith(expected, Assert.Single(EffectsOf(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("class S { public static int X; }\nS.X = 1;")]
    [InlineData("var x = 1; x = 2; var a = new int[1]; a[0] = 1;")]
    [InlineData("var f = () => { Environment.ExitCode = 1; };")]
    [InlineData("void F() => Environment.ExitCode = 1;")]
    [InlineData("class C : Service { protected override Task OnStartAsync(CancellationToken c) { Environment.ExitCode = 0; return Task.CompletedTask; } }\nvar c = new C();")]
    [InlineData("var e = new Application(\"b\"); e.ExitCode = 0;")]
    [InlineData("var text = new StringBuilder { Length = 0 };")]
    public void Of_ChangeOfTheTreeOrOfTheTac_IsNotFound(string text) => Assert.Empty(EffectsOf(text));

    private static IReadOnlyList<string> EffectsOf(string text) => TacOf.Text($"{text}\nvar application = new Application(\"a\");").Effects;
}
