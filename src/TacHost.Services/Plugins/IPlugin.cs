namespace TacHost.Services.Plugins;

/// <summary>Marks what the host may look for in a plugin directory. Ported from <c>twisted.plugin.IPlugin</c>.</summary>
#pragma warning disable CA1040 // a mark is what the original has, too
public interface IPlugin;
#pragma warning restore CA1040
